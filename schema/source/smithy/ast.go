package smithy

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const remedy = "Correct the model, or rebuild its JSON AST (smithy ast)"

// The types below have the parts of the JSON AST that contracts need (Smithy 2.0,
// spec/json-ast.html). Other parts are ignored.

// astModel is the whole document.
type astModel struct {
	Smithy astVersion              `json:"smithy"`
	Shapes model.Object[*astShape] `json:"shapes"`
}

// astShape is a shape of any type. Each type uses some of the fields.
type astShape struct {
	Type    string                `json:"type"`
	Traits  astTraits             `json:"traits"`
	Mixins  []astMember           `json:"mixins"`
	Members astMembers            `json:"members"`
	Member  *astMember            `json:"member"`
	Key     *astMember            `json:"key"`
	Value   *astMember            `json:"value"`
	Input   *astMember            `json:"input"`
	Output  *astMember            `json:"output"`
	Errors  []astMember           `json:"errors"`
	Rename  model.Object[astText] `json:"rename"`

	Version    string      `json:"version"`
	Operations []astMember `json:"operations"`
	Resources  []astMember `json:"resources"`

	Collection []astMember `json:"collectionOperations"`
	Create     *astMember  `json:"create"`
	Put        *astMember  `json:"put"`
	Read       *astMember  `json:"read"`
	Update     *astMember  `json:"update"`
	Delete     *astMember  `json:"delete"`
	List       *astMember  `json:"list"`
}

// astMember is a member, or a bare reference to a shape.
type astMember struct {
	Target string    `json:"target"`
	Traits astTraits `json:"traits"`
}

type (
	astMembers = model.Object[*astMember]
	astText    string
)

// astVersion is the version of the AST. Minor versions do not differ in what is read here.
type astVersion string

func (v *astVersion) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var text string
	if err := jsonv2.UnmarshalDecode(d, &text); err != nil {
		return err
	}
	if major, _, _ := strings.Cut(text, "."); major != "1" && major != "2" {
		return fmt.Errorf("unsupported Smithy version %q: use 1.0 or 2.0", place.Excerpt(text))
	}
	*v = astVersion(text)
	return nil
}

func parseAST(document []byte) (*astModel, error) {
	var model astModel
	if err := jsonv2.Unmarshal(document, &model); err != nil {
		return nil, place.JSONError(document, err, remedy)
	}
	if model.Smithy == "" {
		return nil, &schema.DocumentError{Line: 1, Column: 1, Problem: `the model does not state its version, as in "smithy": "2.0"`, Remedy: remedy}
	}
	return &model, nil
}
