package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
	"sync"
)

// pageFiles are the parts of the page. They become one file, so that a report can be mailed.
//
//go:embed html/page.html html/style.css html/script.js
var pageFiles embed.FS

// pageTemplate is parsed by the first page, not at the start of every command.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").ParseFS(pageFiles, "html/page.html"))
})

// writeHTML writes the results as one page without outside assets, for people. It works without its
// script, which filters, copies and opens everything before printing. Its policy allows no other
// script, even if text of the traffic were ever taken for one.
func writeHTML(w io.Writer, r *Results) error {
	style, err := pageFiles.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	script, err := pageFiles.ReadFile("html/script.js")
	if err != nil {
		return err
	}
	hash := sha256.Sum256(script)
	p := newPage(r)
	p.Style, p.Script = template.CSS(style), template.JS(script)
	p.ScriptHash = base64.StdEncoding.EncodeToString(hash[:])
	return pageTemplate().ExecuteTemplate(w, "page", p)
}

// page is what the template shows, ready to be written: the template decides nothing.
type page struct {
	Title, Verdict, Sentence string
	Class                    string // of the verdict
	Tiles                    []tile
	Sections                 []pageSection // at least one
	Filter                   bool          // whether there are cards to filter

	Style      template.CSS
	Script     template.JS
	ScriptHash string
}

// tile is a number that says how the run went.
type tile struct{ Value, Label, Class string }

// pageSection has the parts that a section may consist of, in the order of the page.
type pageSection struct {
	ID, Title, Count, Lead string
	Cards                  []card
	Facts                  []fact
	Tables                 []pageTable
	Trees                  []contractTree
}

// fact is a line of a list.
type fact struct {
	Label, Text string
	More        *pageList
}

// pageList is a list that opens on demand.
type pageList struct {
	Summary string
	Lines   []string
}

type pageTable struct {
	Caption string
	Columns []column
	Rows    [][]cell
}

type column struct {
	Name   string
	Number bool
}

type cell struct {
	Text, Class, Link string
	Head              bool // of the row
	Share             bool // show Percent as a bar
	Percent           int
}

func head(text string) cell   { return cell{Text: plainText(text), Head: true} }
func number(text string) cell { return cell{Text: text, Class: "n"} }

// newPage lays out the results.
func newPage(r *Results) *page {
	p := &page{}
	p.head(r)
	ids := cardIDs{}
	for _, s := range []pageSection{projectChecks(r.Project), toFix(r, ids), notRead(r), hiddenFindings(r), operations(r), clients(r), drifted(r, ids)} {
		if len(s.Cards)+len(s.Facts)+len(s.Tables)+len(s.Trees) > 0 {
			p.Filter = p.Filter || len(s.Cards) > 1
			p.Sections = append(p.Sections, s)
		}
	}
	if len(p.Sections) == 0 {
		p.Sections = []pageSection{{ID: "nothing", Title: "Nothing to report", Lead: "The run has no findings, and left nothing out."}}
	}
	return p
}

// plainText makes characters visible that could change how the text around them is read: the page
// escapes markup, but a character that reverses the direction of text is not markup.
func plainText(text string) string {
	if strings.ContainsAny(text, "\n") {
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = visible(lines[i])
		}
		return strings.Join(lines, "\n")
	}
	return visible(text)
}
