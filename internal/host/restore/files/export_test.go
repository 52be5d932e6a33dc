package files

// Fast is an option for tests that save and restore by the thousand: nothing is flushed to disk, and
// no process is looked at for files it has open.
func Fast(d *Driver) {
	d.disk.noFlush = true
	d.writers = func() map[inodeID]bool { return nil }
}

// NoLook is the half of Fast for tests that do pull the plug: everything is flushed.
func NoLook(d *Driver) { d.writers = func() map[inodeID]bool { return nil } }
