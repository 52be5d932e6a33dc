package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// RootInfo describes a built root.
type RootInfo struct {
	// Profile and Suite say what it is.
	Profile Profile `json:"profile"`
	Suite   string  `json:"suite"`
	// Built is when, BuildTime how long it took (without its parent).
	Built     time.Time     `json:"built"`
	BuildTime time.Duration `json:"build_time"`
	// Files counts everything in it: files, directories, links.
	Files int `json:"files"`
	// Cached is true when it was there already.
	Cached bool `json:"-"`
	// Image is the disk image in the cache.
	Image string `json:"-"`
}

// Prepare builds the roots of the given profiles, so that hosts of them start
// at once. Roots in the cache are used while their release is current. Roots
// that do not build on each other are built side by side.
func (l *Lab) Prepare(ctx context.Context, profiles ...Profile) ([]RootInfo, error) {
	for _, p := range profiles {
		if _, err := recipeOf(p); err != nil {
			return nil, err
		}
	}
	var wait sync.WaitGroup
	infos, errs := make([]RootInfo, len(profiles)), make([]error, len(profiles))
	for i, p := range profiles {
		wait.Go(func() {
			var release func()
			infos[i], release, errs[i] = l.useRoot(ctx, p)
			if errs[i] == nil {
				release()
			}
		})
	}
	wait.Wait()
	return infos, errors.Join(errs...)
}

// useRoot gives the image of a profile's root, built if need be. It stays until release is called.
func (l *Lab) useRoot(ctx context.Context, p Profile) (info RootInfo, release func(), err error) {
	r, err := recipeOf(p)
	if err != nil {
		return info, nil, err
	}
	inRelease, err := l.get(ctx, l.web.archiveLocal("debian/dists/"+l.suite+"/InRelease"))
	if err != nil {
		return info, nil, fmt.Errorf("read the state of Debian %s: %w", l.suite, err)
	}
	key, err := rootKey(p, l.suite, inRelease)
	if err != nil {
		return info, nil, err
	}
	dir := filepath.Join(l.cacheDir, "roots")
	if err := privateDir(dir); err != nil {
		return info, nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, l.suite+"-"+string(p)+".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return info, nil, fmt.Errorf("lock a root: %w", err)
	}
	defer func() {
		if err != nil {
			_ = lock.Close()
		}
	}()

	// Many may copy an image at the same time; whoever builds it is alone.
	image := filepath.Join(dir, fmt.Sprintf("%s-%s-%s.img", l.suite, p, key))
	for built := false; ; {
		if err := waitLock(ctx, lock, unix.LOCK_SH); err != nil {
			return info, nil, err
		}
		info, err = readInfo(image)
		if err == nil {
			info.Cached = !built
			return info, func() { _ = lock.Close() }, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || built {
			return info, nil, err
		}
		if err := waitLock(ctx, lock, unix.LOCK_EX); err != nil {
			return info, nil, err
		}
		if _, err := readInfo(image); err == nil {
			continue // somebody else built it while we waited
		}
		if err := l.buildRoot(ctx, p, r, dir, image); err != nil {
			return info, nil, fmt.Errorf("build the root of profile %s: %w", p, err)
		}
		built = true
	}
}

// waitLock waits for a lock; other processes may be building the root.
func waitLock(ctx context.Context, lock *os.File, how int) error {
	for {
		err := unix.Flock(int(lock.Fd()), how|unix.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return fmt.Errorf("lock a root: %w", err)
		}
		select { // a blocking lock could not be given up when ctx ends
		case <-ctx.Done():
			return fmt.Errorf("wait for another lab that builds a root: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// readInfo reads what is known of a complete image; fs.ErrNotExist when it is not there.
func readInfo(image string) (RootInfo, error) {
	var info RootInfo
	if _, err := os.Stat(image); err != nil {
		return info, err
	}
	text, err := os.ReadFile(image + ".json")
	if err != nil {
		return info, err
	}
	if err := json.Unmarshal(text, &info); err != nil {
		return info, fmt.Errorf("read %s.json: %w (remove it to have the root built again)", image, err)
	}
	info.Image, info.Cached = image, true
	return info, nil
}

// buildRoot makes the image under a temporary name and gives it its own when complete.
func (l *Lab) buildRoot(ctx context.Context, p Profile, r recipe, dir, image string) (err error) {
	owner := "build:" + string(p)
	defer func() { err = errors.Join(err, l.ledger.undo(owner, false)) }()
	work, err := l.ledger.makeDir(owner, dir, "build")
	if err != nil {
		return err
	}
	b := builder{lab: l, owner: owner, profile: p, recipe: r, disk: filepath.Join(work, "disk"), root: filepath.Join(work, "root")}
	if b.groups, err = l.ledger.makeGroups(owner, groupPath(l.number, "build-"+string(p))); err != nil {
		return err
	}
	if err := b.build(ctx); err != nil {
		return err
	}

	info := RootInfo{Profile: p, Suite: l.suite, Built: b.begin.UTC().Truncate(time.Second),
		BuildTime: time.Since(b.begin).Round(time.Millisecond), Files: b.files}
	text, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("describe the root: %w", err)
	}
	removeOldRoots(dir, l.suite+"-"+string(p)+"-")
	if err := os.WriteFile(image+".json", text, 0o600); err != nil {
		return fmt.Errorf("describe the root: %w", err)
	}
	if err := os.Rename(b.disk, image); err != nil {
		return fmt.Errorf("keep the root: %w", err)
	}
	l.tell(fmt.Sprintf("built the root %q: %d files in %.0f s", p, info.Files, info.BuildTime.Seconds()))
	return nil
}

// removeOldRoots makes room: images of the same profile from an earlier recipe
// or release. The youngest of them stays, so that two versions of the lab at work
// on one machine do not take each other's roots away. The caller holds the profile's lock.
func removeOldRoots(dir, prefix string) {
	images, _ := filepath.Glob(filepath.Join(dir, prefix+"*.img")) // names are our own: never a malformed pattern
	var youngest string
	var newest time.Time
	for _, image := range images {
		if info, err := os.Stat(image); err == nil && info.ModTime().After(newest) {
			youngest, newest = image, info.ModTime()
		}
	}
	for _, image := range images {
		if image != youngest {
			_ = os.Remove(image)
			_ = os.Remove(image + ".json")
		}
	}
}

// get reads a small file from the lab's own server.
func (l *Lab) get(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := (&http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", strings.TrimSpace(string(body[:min(len(body), 200)])))
	}
	return body, err
}
