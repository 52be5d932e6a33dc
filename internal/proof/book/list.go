package main

// obstacle is one that every release is tried against, and the outcome that is due.
type obstacle struct{ name, due string }

// obstacles are all of them, in the order of their numbers.
var obstacles = [...]obstacle{
	{"a file of configuration changed by the customer and by the package", "the customer's is kept, `succeeded`, a task shows the difference"},
	{"a held package in scope", "left, named, counted as open; never \"up to date\""},
	{"dpkg's lock held by another package manager", "waited for within limits, then `blocked`"},
	{"`postinst` exits 1", "`restored`"},
	{"`postinst` hangs", "stopped at its limit, `restored`"},
	{"a dpkg that was interrupted earlier", "`blocked` before the first write"},
	{"a service does not come back after the update", "`restored`"},
	{"a service runs but its check fails (HTTP 500)", "`restored`"},
	{"sshd in a storm of restarts", "one pass of restarts, sshd probed"},
	{"the disk or /boot is too small", "`blocked` before the first write"},
	{"a repository's metadata expired", "`blocked`: \"0 updates\" is not \"patched\""},
	{"a wrong signature, a tampered package", "`blocked`; nothing installed"},
	{"a third party's repository offers a higher version", "out of scope, shown, never touched silently"},
	{"the agent killed (-9) at every step of its journal", "resumed to done or restored, never in between"},
	{"the host loses power while packages are installed", "as 14, after the boot"},
	{"the server killed, the network cut in mid-run", "the host finishes alone by its order; the server learns it later; nothing runs twice"},
	{"a new library or kernel is not active", "`not_effective` until restarted; a reboot only if ordered; loops of boots end"},
	{"the host away for the whole window, then back", "caught up at the next permitted slot"},
	{"the window is too short for the measured duration", "not started; the reason says so"},
	{"the clocks change inside the window", "local time kept, never run twice, never skipped"},
	{"the customer gained root since the contract", "`blocked`, the desk informed (MH1-02)"},
	{"a forged, replayed, expired or foreign work order", "refused by the host, recorded"},
	{"a phased update", "`deferred`"},
	{"a restore fails half-way", "retried from the manifest; else `restore_failed`, the loudest alarm; the old state is never deleted"},
}
