package finding

import (
	"fmt"
	"strings"
)

// runRenderers render findings about source documents, about cassettes, and about emulators
// compared with a recording.
var runRenderers = map[RuleID]func(Finding) prose{
	PatternUnsupported: func(f Finding) prose {
		where := strings.Join(f.Names, ", ")
		if more := f.Found.Length - len(f.Names); more > 0 {
			where += fmt.Sprintf(" and %d more places", more)
		}
		return prose{f.Wanted.Pattern, "", where + ": " + f.Cause}
	},
	SourceConflict: func(f Finding) prose {
		p := prose{f.Found.Text, f.Wanted.Text, f.Cause}
		switch {
		case f.Problem == TwoSources && len(f.Names) == 2 && len(f.Between) == 2:
			p.message = fmt.Sprintf("%s of %s is %s in %s and %s in %s", f.Names[0], f.Names[1], orElse(p.got, "absent"), f.Between[0], orElse(p.want, "absent"), f.Between[1])
		case f.Problem == OfOverlay && len(f.Names) == 2 && len(f.Between) == 1:
			p.message = fmt.Sprintf("%s of %s is %s here, which takes precedence, and %s in %s", f.Names[0], f.Names[1], p.got, p.want, f.Between[0])
		}
		return p
	},
	OverlayStale: func(f Finding) prose { return prose{f.Found.Text, "", f.Cause} },

	CassetteDuplicate: func(f Finding) prose {
		return prose{"interaction " + f.Found.Text + " again", "", "same request and response as interaction " + f.Found.Text}
	},
	CassetteStale: func(f Finding) prose {
		if f.Found.Text == "" {
			return prose{f.name(), "a contract that is known here", "recorded with the contract " + f.name() + ", which is neither loaded nor built in"}
		}
		return prose{f.Found.Text, f.Wanted.Text, "recorded with another version of " + f.name()}
	},
	CassetteUnsorted: func(f Finding) prose {
		return prose{"line " + f.Found.Text, "the form that crcheck writes", "not formatted as crcheck writes cassettes, from line " + f.Found.Text + " on"}
	},

	ProbeStatus: differentStatus,
	ProbeFailed: func(f Finding) prose {
		if len(f.Names) == 3 {
			return notRefused(f)
		}
		return differentStatus(f)
	},
	ProbeValue: func(f Finding) prose {
		want := strings.Join(f.Wanted.OneOf, " or ")
		return prose{f.Found.Text, want, fmt.Sprintf("the emulator sent %s, the service %s", f.Found.Text, want)}
	},
	ProbeErrorCode: func(f Finding) prose {
		return prose{f.Found.Text, f.Wanted.Text, fmt.Sprintf("the emulator returned the error %s, the service %s", f.Found.Text, f.Wanted.Text)}
	},
	ProbeMember: func(f Finding) prose {
		return prose{"", f.Wanted.Text, fmt.Sprintf("the emulator omits %s, which the service sent", f.Wanted.Text)}
	},
	ProbeMemberExtra: func(f Finding) prose {
		return prose{f.Found.Text, "", fmt.Sprintf("the emulator sends %s, which the service omitted", f.Found.Text)}
	},
	ProbeUnionMember: func(f Finding) prose {
		want := strings.Join(f.Wanted.OneOf, " or ")
		return prose{f.Found.Text, want, fmt.Sprintf("the emulator set the union member %s, the service %s", f.Found.Text, want)}
	},
	ProbeNotRefused: notRefused,
	ProbeOtherError: notRefused,
}

// differentStatus renders a status that differs from the recorded one. The names are those of the errors.
func differentStatus(f Finding) prose {
	got, want := f.Found.Text, f.Wanted.Text
	named := append(f.Names[:len(f.Names):len(f.Names)], "", "")
	return prose{got, want, fmt.Sprintf("the emulator responded with %s, the service with %s", withName(got, named[0]), withName(want, named[1]))}
}

// notRefused renders a wrong response to an invalid input. The names are the rule that the input breaks,
// how it does, and the error that was returned.
func notRefused(f Finding) prose {
	named := append(f.Names[:len(f.Names):len(f.Names)], "", "", "")
	got := withName(f.Found.Text, named[2])
	return prose{got, f.Wanted.Text + " " + strings.Join(f.Wanted.OneOf, " or "),
		fmt.Sprintf("the input breaks %s (%s), but the emulator responded with %s", named[0], named[1], got)}
}

// withName returns a status and the error that came with it.
func withName(status, name string) string { return strings.TrimSpace(status + " " + name) }
