package schema

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimestampText(t *testing.T) {
	at := time.Date(2026, 8, 7, 6, 5, 4, 123_000_000, time.FixedZone("", -3600*5-60*30))
	for _, v := range []struct {
		form    TimestampText
		takes   []string
		refuses []string // by the pattern, too
		beyond  []string // what the pattern does not refuse
	}{
		{DateTime,
			[]string{at.Format(time.RFC3339), at.Format(time.RFC3339Nano), "2026-08-07t06:05:04z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z",
				"2024-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "0004-02-29T00:00:00Z", "2026-06-30T23:59:60.5Z", "1990-12-31T15:59:60-08:00", "1991-01-01T00:59:60+01:00", "1991-01-01T05:44:60+05:45", "2026-08-07T06:05:04-00:00"},
			[]string{"", "2026-08-07", "2026-08-07 06:05:04Z", "2026-08-07T06:05:04", "2026-8-7T06:05:04Z", "2026-13-07T06:05:04Z", "2026-08-32T06:05:04Z", "2026-00-07T06:05:04Z",
				"2026-08-07T24:05:04Z", "2026-08-07T06:60:04Z", "2026-08-07T06:05:61Z", "2026-08-07T06:05:04.Z", "2026-08-07T06:05:04.1234567890Z",
				"2026-08-07T06:05:04+24:00", "2026-08-07T06:05:04+0530", "12026-08-07T06:05:04Z", "2026-08-07T06:05:04Z\n", "x2026-08-07T06:05:04Z",
				"2022-02-30T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "0000-01-01T00:00:00Z", "2026-08-07T06:05:60Z", "2026-12-31T23:59:60.Z", "２026-08-07T06:05:04Z"},
			[]string{"2026-12-31T23:59:60+05:30", "2026-12-30T23:59:60Z", "1990-12-31T15:59:60-07:00", "2026-08-07T06:05:60+00:00"}},
		{UTCDateTime,
			[]string{"2026-08-07T06:05:04Z", "2026-08-07t06:05:04.123z", "2026-06-30T23:59:60Z"},
			[]string{"2026-08-07T06:05:04-08:00", "2026-08-07T06:05:04+00:00", "2026-08-07T06:05:04", "2026-08-07 06:05:04Z", "2022-02-30T00:00:00Z", "2026-12-31T23:59:60+00:00"},
			[]string{"2026-12-30T23:59:60Z"}},
		{ISO8601,
			[]string{at.Format(time.RFC3339), "2026-08-07 06:05:04.123000+00:00", "2026-08-07 06:05:04Z"},
			[]string{"2026-08-07  06:05:04Z", "2026-08-07_06:05:04Z", "2026-08-07 06:05:04", "2026-02-29 06:05:04Z"}, nil},
		{HTTPDate,
			[]string{at.UTC().Format(http.TimeFormat), "Fri, 07 Aug 2026 06:05:04.123 GMT", "Thu, 29 Feb 2024 00:00:00 GMT", "Mon, 31 Dec 1990 23:59:60 GMT"},
			[]string{"", "Fri, 7 Aug 2026 06:05:04 GMT", "Friday, 07-Aug-26 06:05:04 GMT", "Fri Aug  7 06:05:04 2026", "Fri, 07 Aug 2026 06:05:04 UTC", "fri, 07 aug 2026 06:05:04 GMT", "Fri, 07 Aug 2026 06:05:04 GMT\n",
				"Sat, 99 Jan 2022 00:00:00 GMT", "Sat, 00 Jan 2022 00:00:00 GMT", "Wed, 30 Feb 2022 00:00:00 GMT", "Sun, 31 Apr 2022 00:00:00 GMT", "Sat, 01 Jan 0000 00:00:00 GMT", "Fri, 07 Aug 2026 06:05:60 GMT"},
			[]string{"Thu, 07 Aug 2026 06:05:04 GMT", "Sun, 30 Dec 1990 23:59:60 GMT"}},
	} {
		p := regexp.MustCompile(v.form.Pattern())
		check := func(text string, match, pattern bool) {
			t.Run(string(v.form)+" "+text, func(t *testing.T) {
				require.Equal(t, match, v.form.Match([]byte(text)))
				require.Equal(t, pattern, p.MatchString(text))
				if match {
					require.Empty(t, v.form.Problem([]byte(text)))
				}
			})
		}
		for _, text := range v.takes {
			check(text, true, true)
		}
		for _, text := range v.refuses {
			check(text, false, false)
		}
		for _, text := range v.beyond {
			check(text, false, true)
		}
	}
}

func TestTimestampProblem(t *testing.T) {
	for text, want := range map[string]string{
		"2022-02-30T00:00:00Z":      "February 2022 has 28 days",
		"2024-02-30T00:00:00Z":      "February 2024 has 29 days",
		"2022-13-01T00:00:00Z":      "there is no month 13",
		"0000-01-01T00:00:00Z":      "there is no year 0",
		"2022-01-01T25:00:00Z":      "there is no such time of day or offset",
		"2022-01-01T00:00:00+01:60": "there is no such time of day or offset",
		"2022-01-01T00:00:60Z":      "a leap second is at 23:59:60 UTC, at the end of a month",
		"yesterday":                 "",
		"2022-01-01T00:00:00Z":      "",
	} {
		t.Run(text, func(t *testing.T) { require.Equal(t, want, DateTime.Problem([]byte(text))) })
	}
	require.Equal(t, "1 January 2022 is a Saturday", HTTPDate.Problem([]byte("Fri, 01 Jan 2022 00:00:00 GMT")))
}

// TestTimestampCalendar walks through all days of 400 years, after which the
// calendar repeats, and the days that there are not.
func TestTimestampCalendar(t *testing.T) {
	dates := regexp.MustCompile("^" + date + "$")
	http := regexp.MustCompile("^" + httpDay + "$")
	for year := range 401 {
		for month := 1; month <= 12; month++ {
			for day := 0; day <= 32; day++ {
				d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
				real := year > 0 && d.Day() == day
				text := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
				if dates.MatchString(text) != real || DateTime.Match([]byte(text+"T00:00:00Z")) != real {
					t.Fatal(text, real)
				}
				text = fmt.Sprintf("%02d %s %04d", day, months[month-1], year)
				if http.MatchString(text) != real || HTTPDate.Match([]byte(d.Format("Mon, ")+text+" 00:00:00 GMT")) != real {
					t.Fatal(text, real)
				}
			}
		}
	}
}

// FuzzTimestampText compares with package time, and the pattern with the form.
func FuzzTimestampText(f *testing.F) {
	for _, text := range []string{"2022-02-30T00:00:00Z", "2024-02-29t23:59:60.5-08:00", "Fri, 01 Jan 2022 00:00:00 GMT", "2022-02-28 00:00:00+00:00", "0000-01-01T00:00:00Z"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, form := range []TimestampText{DateTime, ISO8601, HTTPDate} {
			match := form.Match([]byte(text))
			if match {
				require.Regexp(t, form.Pattern(), text)
			}
			layout, comparable := time.RFC3339Nano, strings.ToUpper(strings.Replace(text, " ", "T", 1))
			if form == HTTPDate {
				layout, comparable = http.TimeFormat, text
			}
			if _, err := time.Parse(layout, comparable); match && !strings.Contains(text, ":60") {
				require.NoError(t, err, "%q", text)
			}
		}
	})
}
