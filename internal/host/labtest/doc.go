// Package labtest tries package host on real Debian hosts: real security updates from the real
// archive, and the obstacles of the field on packages made for them. It holds tests only, apart from
// those of package host, because they need root and minutes.
package labtest
