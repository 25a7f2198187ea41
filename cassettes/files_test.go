package cassettes_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dnaeon/go-vcr/v2/cassette"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// embeddedFiles returns the names of all embedded files but the index.
func embeddedFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	require.NoError(t, fs.WalkDir(cassettes.Embedded(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && name != cassettes.IndexName {
			names = append(names, name)
		}
		return err
	}))
	return names
}

// The index lists every file of the folder and no other.
func TestIndexListsTheFolder(t *testing.T) {
	var listed []string
	for _, entry := range cassettes.EmbeddedIndex().Entries {
		listed = append(listed, entry.File)
	}
	slices.Sort(listed)
	require.Equal(t, embeddedFiles(t), listed)
	require.Greater(t, len(listed), 200)
}

// The index lies among the cassettes and is not taken for one.
func TestIndexIsNoCassette(t *testing.T) {
	index, err := cassettes.Embedded().Open(cassettes.IndexName)
	require.NoError(t, err)
	defer index.Close()
	for _, err := range traffic.Read(cassettes.IndexName, index) {
		require.True(t, errors.Is(err, traffic.ErrUnknownFormat), "%v", err)
	}
}

// Stock go-vcr loads the same requests and responses.
func TestStockLoads(t *testing.T) {
	for file, interactions := range loaded(t).interactions {
		stock, err := cassette.Load(filepath.FromSlash(strings.TrimSuffix(file, ".yaml"))) // it appends .yaml
		require.NoError(t, err, file)
		require.Equal(t, len(interactions), len(stock.Interactions), file)
		for i, theirs := range stock.Interactions {
			ours := interactions[i]
			require.Equal(t, ours.Request.Method, theirs.Request.Method, file)
			require.Equal(t, ours.Request.URL, theirs.Request.URL, file)
			require.Equal(t, string(ours.Response.Body.Bytes), theirs.Response.Body, file)
			require.Equal(t, ours.Response.Status, theirs.Response.Code, file)
			require.Equal(t, ours.Response.Header, theirs.Response.Headers, file)
		}
	}
}

// Every cassette says that it is synthesised, and under which promise.
func TestMeta(t *testing.T) {
	require.Regexp(t, "^synthesised: ", cassettes.EmbeddedIndex().Provenance)
	for file, interactions := range loaded(t).interactions {
		meta := interactions[0].Meta
		require.Equal(t, "synthesised", meta.Provenance, file)
		contract := contracts.MustLoad(meta.Contract)
		require.Equal(t, contract.String(), meta.Contract, "%s: the version is stated", file)
		require.Equal(t, contract.Digest(), meta.ContractDigest, file)
	}
}

var (
	secrets = regexp.MustCompile(`(?i)\b(AKIA|ASIA)[0-9A-Z]{8}|authorization|signature=|security-token:|x-amz-credential|secret|password|-----BEGIN|\bBearer |\beyJhbGciOi`)
	uuid    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	account = regexp.MustCompile(`\b[0-9]{12}\b`)
)

// suspects returns what in a text could be somebody's: a secret, or an account or
// identifier that is not visibly made up.
func suspects(text string) []string {
	found := secrets.FindAllString(text, -1)
	for _, id := range uuid.FindAllString(text, -1) {
		if !strings.Contains(id, "0000000-0000-4000-8000-") {
			found = append(found, id)
		}
	}
	for _, id := range account.FindAllString(uuid.ReplaceAllString(text, ""), -1) {
		if id != "111122223333" && id != "444455556666" && id != "253402300799" && id != "253402300800" { // the last two are times
			found = append(found, id)
		}
	}
	return found
}

// Nothing in the folder is real, in the files nor in the bodies that they encode.
func TestNothingIsReal(t *testing.T) {
	for _, planted := range []string{
		"AKIAEXAMPLE000000", "Authorization: x", "X-Amz-Signature=0", "X-Amz-Security-Token: x", "-----BEGIN PRIVATE KEY-----", "Bearer x",
		"123456789012", "4f6c1b2e-58a3-4f0e-9d2b-7c1a2b3c4d5e",
	} {
		require.NotEmpty(t, suspects("before "+planted), planted)
	}
	for _, file := range append(embeddedFiles(t), cassettes.IndexName) {
		text, err := fs.ReadFile(cassettes.Embedded(), file)
		require.NoError(t, err)
		require.Empty(t, suspects(string(text)), file)
	}
	for file, interactions := range loaded(t).interactions {
		for _, x := range interactions {
			require.Empty(t, suspects(string(x.Response.Body.Bytes)), file)
		}
	}
}
