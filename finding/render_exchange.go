package finding

import (
	"fmt"
	"strconv"
	"strings"
)

// exchangeRenderers render findings about an exchange, an event stream or a recording.
var exchangeRenderers = map[RuleID]func(Finding) prose{
	StreamFraming: renderFraming,
	HTTPStatus: func(f Finding) prose {
		want := strings.Join(f.Wanted.OneOf, " or ")
		if want == "" {
			want = "a status of one of the operation's errors"
		}
		return prose{f.Found.Text, want, "unexpected status " + f.Found.Text}
	},
	HTTPContentType: renderContentType,
	HTTPAccept: func(f Finding) prose {
		return prose{f.Found.Text, f.Wanted.Text, fmt.Sprintf("got Accept %s, which excludes the response's media type %s", f.Found.Text, f.Wanted.Text)}
	},
	ErrorUnidentified: func(f Finding) prose {
		if f.Problem == OfEvent {
			return prose{"no :error-code", ":error-code", "the error message has no :error-code"}
		}
		return prose{"status " + f.Found.Text, "X-Amzn-Errortype, or code or __type in the body", "the response does not name its error"}
	},
	ErrorUnmodeled: renderUnmodeled,
	ErrorStatusMismatch: func(f Finding) prose {
		want := strings.Join(f.Wanted.OneOf, " or ")
		if f.Problem == Common {
			return prose{f.Found.Text, want, fmt.Sprintf("%s has status %s, but AWS sends it with %s", f.name(), f.Found.Text, want)}
		}
		return prose{f.Found.Text, want, fmt.Sprintf("%s has status %s, want %s", f.name(), f.Found.Text, want)}
	},
	ErrorQueryCode: renderQueryCode,
	EchoMismatch: func(f Finding) prose {
		if f.Sensitive {
			return prose{message: "the value differs from the request's " + f.name()}
		}
		got := f.Found.shown()
		return prose{got, strconv.Quote(f.Wanted.Text), fmt.Sprintf("got %s, but the request's %s is %s", got, f.name(), quoted(f.Wanted.Text))}
	},
	HTTPNotRecorded: func(f Finding) prose {
		of, rules := "1 interaction", f.name()
		if f.Found.Length != 1 {
			of = fmt.Sprintf("%d interactions", f.Found.Length)
		}
		if rules == "response headers" {
			rules = "headers"
		}
		return prose{fmt.Sprintf("%d without %s", f.Found.Length, f.name()), "",
			fmt.Sprintf("the %s of %s were not recorded; rules about %s were not applied", f.name(), of, rules)}
	},
	EncodingMixed: func(f Finding) prose {
		document := "an HTTP body"
		if f.Found.Text == "sdk" {
			document = "an SDK dump"
		}
		return prose{f.Found.Text, f.Wanted.Text, "the document is " + document + ", unlike most of this source"}
	},
	TrafficOddEntry: func(f Finding) prose { return prose{"", f.Wanted.Text, f.Cause} },
}

// lacks maps the name of a missing header to the message about it.
var lacks = map[string]string{
	":date":           "a signed message has no :date header",
	":message-type":   "the message has no :message-type header of type string",
	":event-type":     "the event has no :event-type header of type string",
	":exception-type": "the exception has no :exception-type header of type string",
	":error-message":  "the error has no :error-message header of type string",
}

func renderFraming(f Finding) prose {
	got := f.Found.Text
	switch f.Problem {
	case AfterEnd:
		return prose{"a message", "", "a message follows the signed message that ends the stream"}
	case NoHeader:
		return prose{"no " + f.name(), "", lacks[f.name()]}
	case WrongHeader:
		return prose{got, "", "the header " + f.name() + " is of type " + got + ", want " + f.Wanted.Type}
	case InSigned:
		return prose{got, "", "in a signed message: " + f.Cause}
	case MoreInSigned:
		return prose{"more bytes", "", "a signed message contains more than one message"}
	case MessageType:
		return prose{f.Found.shown(), "", ":message-type is " + f.Found.shown() + ", want event, exception or error"}
	case NoInitial:
		return prose{f.Found.clipped(), "", "the stream begins without " + f.Wanted.Text + ", which boto3 requires"}
	}
	message := f.Cause
	if f.Problem == NotStream {
		message = "the body is not an event stream: " + message
	}
	if f.Found.Kind == KindReplaced {
		message += "; the body contains U+FFFD, so a recorder may have replaced bytes that are not UTF-8"
	}
	return prose{got, "", message}
}

func renderContentType(f Finding) prose {
	got := f.Found.Text
	switch {
	case f.Found.Kind == KindAbsent:
		got = "none"
	case f.Problem == HeaderType:
		got = "a header of type " + got
	}
	header := "Content-Type"
	if f.Problem == OfEvent || f.Problem == HeaderType {
		header = ":content-type"
	}
	return prose{got, f.Wanted.Text, fmt.Sprintf("got %s %s, want %s", header, clip(got), f.Wanted.Text)}
}

func renderUnmodeled(f Finding) prose {
	p := prose{got: clip(f.name()), want: oneOf(f.Wanted.OneOf)}
	switch f.Problem {
	case OfEvent:
		p.message = "unmodeled exception " + quoted(f.name())
	case StreamError:
		p.message = "unmodeled error " + quoted(f.name()) + " ends the stream"
	case Common:
		p.message = fmt.Sprintf("unmodeled error %s, which any AWS operation may return", quoted(f.name()))
	default:
		p.message = "unmodeled error " + quoted(f.name())
	}
	return p
}

// renderQueryCode renders findings about CODE;FAULT: Want has the code as its text and the faults
// that are allowed as OneOf. The name is the error's.
func renderQueryCode(f Finding) prose {
	want := f.Wanted.Text + ";" + strings.Join(f.Wanted.OneOf, " or ")
	code, fault, _ := strings.Cut(f.Found.Text, ";")
	switch f.Problem {
	case NoErrorCode:
		return prose{"none", want, "the header X-Amzn-Query-Error is missing"}
	case OtherCode:
		return prose{f.Found.clipped(), want, fmt.Sprintf("the header X-Amzn-Query-Error has the code %s, want %s for %s", quoted(code), f.Wanted.Text, f.name())}
	case OtherFault:
		return prose{f.Found.clipped(), want, fmt.Sprintf("the header X-Amzn-Query-Error has the fault %s, want %s for %s", fault, strings.Join(f.Wanted.OneOf, " or "), f.name())}
	}
	return prose{f.Found.clipped(), want, "the header X-Amzn-Query-Error is not of the form CODE;Sender or CODE;Receiver"}
}
