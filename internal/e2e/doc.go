// Package e2e holds the end-to-end tests: a real server, real agents, real Debian hosts, and a look
// from outside at what became of them. "Identical" is decided by the lab's own walk over the host's
// root, which knows nothing of the product.
//
// The tests need root and the agent's binary in bin/ (make build).
package e2e
