package redact

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/crcheck/crcheck/internal/disk"
	"github.com/crcheck/crcheck/internal/links"
)

// KeyOf is the path of the redaction key that recordings in the folder of a cassette share. A link
// to the cassette is followed.
func KeyOf(cassette string) string {
	return filepath.Join(filepath.Dir(links.Follow(cassette)), ".crcheck-redaction-key")
}

// LoadKey returns the key in CRCHECK_REDACTION_KEY or, if that is not set, in the file. If the file
// does not exist, LoadKey creates it with a new key, readable by its owner only (0600), and made is
// true. Before that, it adds the file to the .gitignore beside it, unless git ignores it already. The
// error is a *KeyError.
func LoadKey(d disk.FS, file string) (k Key, made bool, err error) {
	if os.Getenv(Variable) != "" {
		k, _, err = ReadKey(file)
		return k, false, err
	}
	// A second name of the file, even a temporary one, could outlive the process. So the process that
	// makes a key has a lock on the file, and a file without a whole line was never used.
	f, err := d.Open(file, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		if existing, readable := d.Open(file, os.O_RDONLY, 0); readable == nil {
			f, err = existing, nil
		}
	}
	if err != nil {
		return Key{}, false, unreadable(file, err)
	}
	if err = f.Lock(true); err == nil {
		k, made, err = readOrMake(d, f, file)
	}
	if err == nil && made {
		err = d.SyncFolder(filepath.Dir(file))
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return Key{}, false, unreadable(file, err)
	}
	return k, made, nil
}

// readOrMake makes git ignore a locked file, and reads its key or writes a new one.
func readOrMake(d disk.FS, f disk.File, file string) (k Key, made bool, err error) {
	if err := ignore(d, file); err != nil {
		return Key{}, false, &KeyError{Where: file, Problem: "cannot add the key file to .gitignore: " + err.Error(), Remedy: "make its folder writable, or set " + Variable, Err: err}
	}
	if k, ok, err := keyIn(f, file); ok || err != nil {
		return k, false, err
	}
	if k, err = NewKey(); err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.Write([]byte(k.Text()))
	}
	if err == nil {
		err = f.Sync()
	}
	return k, true, err
}

// ReadKey is like [LoadKey], but does not write anything. ok is false if there is no key. The error
// is a *KeyError.
func ReadKey(file string) (k Key, ok bool, err error) {
	if text := os.Getenv(Variable); text != "" {
		k, err = ParseKey(text)
		return k, err == nil, placed(err, Variable)
	}
	f, err := disk.OS{}.Open(file, os.O_RDONLY, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Key{}, false, nil
	case err != nil:
		return Key{}, false, unreadable(file, err)
	}
	defer f.Close()
	return keyIn(f, file)
}

// keyIn reads the key of an open file. ok is false if a process was killed before it had written one.
func keyIn(f disk.File, file string) (k Key, ok bool, err error) {
	info, err := f.Stat()
	if err != nil {
		return Key{}, false, unreadable(file, err)
	}
	refused := func(problem, remedy string) (Key, bool, error) {
		return Key{}, false, &KeyError{Where: file, Problem: problem, Remedy: remedy + ", or set " + Variable}
	}
	switch {
	case disk.Foreign(info):
		return refused("the redaction key belongs to another user", "use a copy that belongs to you")
	case disk.Shared(info):
		return refused("other users can read or write the redaction key", "run chmod 600 "+file)
	case Tracked(file):
		return refused("git tracks the redaction key, so everybody who has the repository has it", "run git rm --cached "+file+", and remove the file to get a new key")
	}
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<10))
	if err != nil {
		return Key{}, false, unreadable(file, err)
	}
	if unfinished(string(text)) {
		return Key{}, false, nil
	}
	k, err = ParseKey(string(text))
	return k, err == nil, placed(err, file)
}

// unfinished reports whether text is what a process leaves in the file of a key if it is killed
// while it writes it.
func unfinished(text string) bool {
	text = strings.TrimRight(text, "\x00")
	return len(text) < len(Key{}.Text())-1 && !strings.HasSuffix(text, "\n") &&
		(strings.HasPrefix(text, keyPrefix) || strings.HasPrefix(keyPrefix, text))
}

func unreadable(file string, err error) error {
	if e := (*KeyError)(nil); errors.As(err, &e) {
		return e
	}
	remedy := "check the path"
	if errors.Is(err, fs.ErrPermission) {
		remedy = "make its folder writable"
	}
	return &KeyError{Where: file, Problem: "cannot read or create the redaction key: " + err.Error(), Remedy: remedy + ", or set " + Variable, Err: err}
}

func placed(err error, where string) error {
	if e := (*KeyError)(nil); errors.As(err, &e) {
		e.Where = where
	}
	return err
}
