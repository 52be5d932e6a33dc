// Package btrfs keeps restore points as read-only snapshots, on hosts whose root is a btrfs subvolume.
//
// A snapshot freezes a whole subvolume at one instant, whatever is written meanwhile, and costs the same
// for ten files and a million. It is not what a restore puts in place as a whole: the customer's data lies
// in the same subvolume, and what was written to it since must stay. So this driver joins two things: the
// snapshots hold the content, and package files does with them what it does with its own objects: a
// manifest with a SHA-256 for every path, a restore path by path that shares blocks with the snapshot, and
// the proof by a comparison of everything.
//
// Every subvolume of the same file system that the scope goes into gets a snapshot of its own, since
// snapshots end where the next subvolume begins. What the system has on other file systems, /boot for one,
// is kept as package files keeps it.
//
// The work on subvolumes is done by the distribution's own tool, btrfs, by argument vectors, bounded in
// time and output. That a snapshot is what was asked for is not believed but looked up.
package btrfs
