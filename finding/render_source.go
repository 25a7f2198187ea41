package finding

import (
	"fmt"
	"strings"
)

// sourceRenderers are those of rules about the documents that contracts are made from.
var sourceRenderers = map[RuleID]func(Finding) prose{
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
			p.message = fmt.Sprintf("%s of %s is %s here, which counts, and %s in %s", f.Names[0], f.Names[1], p.got, p.want, f.Between[0])
		}
		return p
	},
	OverlayStale: func(f Finding) prose { return prose{f.Found.Text, "", f.Cause} },
}
