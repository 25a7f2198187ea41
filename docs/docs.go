// Package docs holds the user documentation beyond the README. Its only code keeps the generated
// pages up to date.
package docs

//go:generate sh -c "go run ../cmd/crcheck rules --markdown > rules.md"
//go:generate go test -run ^TestSDKsPageIsFresh$ . -update
//go:generate sh -c "go run ../internal/drift/generate > drift.md"
//go:generate go test -run ^TestCommandsPageIsFresh$ ../cmd/crcheck -update
