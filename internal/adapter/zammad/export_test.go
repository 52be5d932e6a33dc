package zammad

// Sign is sign.
var Sign = sign
