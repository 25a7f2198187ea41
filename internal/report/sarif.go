package report

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// The objects of a SARIF log, named as in SARIF 2.1.0 (OASIS, 2020), section 3.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
}

type sarifInvocation struct {
	Successful bool `json:"executionSuccessful"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID            string             `json:"id"`
	Short         sarifText          `json:"shortDescription"`
	Full          sarifText          `json:"fullDescription"`
	Help          sarifText          `json:"help"`
	Configuration sarifConfiguration `json:"defaultConfiguration"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations,omitempty"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string  `json:"partialFingerprints,omitempty"`
	Count        int                `json:"occurrenceCount"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification,omitempty"`
}

type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	Message  *sarifText     `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	Line   int `json:"startLine"`
	Column int `json:"startColumn,omitempty"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
}

var sarifLevels = map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Info: "note"}

// maxRelated bounds the places of a result beside the first.
const maxRelated = 10

// writeSARIF writes a SARIF 2.1.0 log with one result for each cause.
func writeSARIF(w io.Writer, r *Results) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}, Invocations: []sarifInvocation{{true}}}
	driver := &run.Tool.Driver
	*driver = sarifDriver{Name: "crcheck", Version: r.Version, InformationURI: "https://github.com/crcheck/crcheck", Rules: []sarifRule{}}
	index := map[finding.RuleID]int{}
	for _, c := range r.Causes() {
		if _, ok := index[c.Rule]; !ok {
			index[c.Rule] = len(driver.Rules)
			driver.Rules = append(driver.Rules, ruleOf(c.Rule))
		}
		if c.Rule == incomplete {
			run.Invocations[0].Successful = false
		}
		run.Results = append(run.Results, c.sarif(index[c.Rule]))
	}
	return JSON(w, &sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func ruleOf(id finding.RuleID) sarifRule {
	rule, ok := id.Lookup()
	switch {
	case ok:
	case id == unmetRow:
		rule.Purpose, rule.Remedy = "An ignore row is expired, matches nothing, or matches more than it says.", "Remove the row, or correct it."
	case id == tooLow:
		rule.Purpose, rule.Remedy = "The traffic covers less of the contracts than the run requires.", "Record what crcheck coverage lists under record next."
	default:
		rule.Purpose, rule.Remedy = "A part of the input could not be checked.", "Fix the cause, then run the command again."
	}
	short, _, _ := strings.Cut(rule.Purpose, ". ")
	return sarifRule{string(id), sarifText{short}, sarifText{rule.Purpose}, sarifText{rule.Remedy}, sarifConfiguration{sarifLevels[id.Severity(finding.Default)]}}
}

func (c *Cause) sarif(index int) sarifResult {
	r := sarifResult{RuleID: string(c.Rule), RuleIndex: index, Level: sarifLevels[c.Severity], Count: max(c.Count, 1)}
	title := string(c.Rule)
	if c.Where != "" {
		title = c.Where
	}
	r.Message.Text = visible(title) + ": " + strings.Join(c.lines(), "\n")
	if c.Fingerprint != "" {
		r.Fingerprints = map[string]string{"crcheck/v1": c.Fingerprint}
	}
	if c.HiddenBy != "" {
		r.Suppressions = []sarifSuppression{{"external", visible(strings.TrimSuffix(string(c.HiddenBy)+": "+c.Reason, ": "))}}
	}
	for i, s := range c.Seen {
		if s.File == "" || s.File == "-" || i > maxRelated {
			continue
		}
		at := sarifLocation{Physical: &sarifPhysical{Artifact: sarifArtifact{uri(s.File)}}}
		if s.Line > 0 {
			at.Physical.Region = &sarifRegion{s.Line, s.Column}
		}
		if len(r.Locations) == 0 {
			r.Locations = append(r.Locations, at)
			continue
		}
		at.ID, at.Message = len(r.Related)+1, &sarifText{visible(clip(s.Message))}
		r.Related = append(r.Related, at)
	}
	if len(r.Locations) == 0 && c.Operation != "" {
		r.Locations = []sarifLocation{{Logical: []sarifLogical{{visible(c.Operation)}}}}
	}
	return r
}

// relative returns a path relative to the working directory if it is below it: hosts of code resolve
// paths against the repository.
func relative(path string) string {
	if !filepath.IsAbs(path) {
		return filepath.ToSlash(filepath.Clean(path))
	}
	if here, err := os.Getwd(); err == nil {
		if below, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(below) {
			return filepath.ToSlash(below)
		}
	}
	return filepath.ToSlash(path)
}

func uri(path string) string {
	u := url.URL{Path: relative(path)}
	if filepath.IsAbs(path) && strings.HasPrefix(u.Path, "/") {
		u.Scheme = "file"
	}
	return u.String()
}
