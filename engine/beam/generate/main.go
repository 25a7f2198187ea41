// Command generate writes synthetic traffic: generate FOLDER LINES FILES. Each line is a response of
// GetProtectedJob of about 900 bytes, obviously fake; one in 1,000 does not conform to the contract. The same
// arguments make the same files.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "generate: %v\n", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("want FOLDER LINES FILES")
	}
	var n [2]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(args[i+1]); err != nil || n[i] < 1 {
			return fmt.Errorf("got %q, want a number from 1", args[i+1])
		}
	}
	lines, files := n[0], n[1]
	for i := range files {
		of := lines / files
		if i < lines%files {
			of++
		}
		if err := file(filepath.Join(args[0], fmt.Sprintf("jobs-%05d.ndjson", i)), uint64(i), of); err != nil {
			return err
		}
	}
	return nil
}

func file(path string, seed uint64, lines int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	return errors.Join(write(w, seed, lines), w.Flush(), f.Close())
}

// write writes lines.
func write(w io.Writer, seed uint64, lines int) error {
	random := rand.New(rand.NewPCG(seed, 1))
	var line []byte
	for range lines {
		line = appendJob(line[:0], random)
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

var statuses = []string{"SUBMITTED", "STARTED", "CANCELLED", "CANCELLING", "FAILED", "SUCCESS"}

// appendJob appends a line.
func appendJob(b []byte, random *rand.Rand) []byte {
	membership := random.Uint64()
	status := statuses[random.IntN(len(statuses))]
	odd := random.IntN(3000)
	if odd == 0 {
		status = "PAUSED"
	}
	b = append(b, `{"protectedJob":{"id":`...)
	if odd == 1 {
		b = append(b, `7`...)
	} else {
		b = appendUUID(append(b, '"'), random.Uint64())
		b = append(b, '"')
	}
	b = append(b, `,"membershipId":"`...)
	b = appendUUID(b, membership)
	b = append(b, `","membershipArn":"arn:aws:cleanrooms:us-east-1:000000000000:membership/`...)
	b = appendUUID(b, membership)
	if odd != 2 {
		b = append(b, `","createTime":17`...)
		b = strconv.AppendUint(b, 10_000_000+random.Uint64N(89_999_999), 10)
		b = append(b, `.25,"status":"`...)
	} else {
		b = append(b, `","status":"`...)
	}
	b = append(b, status...)
	b = append(b, `","jobParameters":{"analysisTemplateArn":"arn:aws:cleanrooms:us-east-1:000000000000:membership/`...)
	b = appendUUID(b, membership)
	b = append(b, `/analysistemplate/`...)
	b = appendUUID(b, random.Uint64())
	b = append(b, `","parameters":{"fake_first":"`...)
	b = strconv.AppendUint(b, random.Uint64(), 36)
	b = append(b, `","fake_second":"synthetic value `...)
	b = strconv.AppendUint(b, random.Uint64(), 36)
	b = append(b, `"}},"resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"fake-bucket-`...)
	b = strconv.AppendUint(b, random.Uint64N(1000), 10)
	b = append(b, `","keyPrefix":"fake/results/`...)
	b = strconv.AppendUint(b, random.Uint64(), 36)
	b = append(b, `"}}},"statistics":{"totalDurationInMillis":`...)
	b = strconv.AppendUint(b, random.Uint64N(10_000_000), 10)
	b = append(b, `,"billedResourceUtilization":{"units":`...)
	b = strconv.AppendUint(b, random.Uint64N(100), 10)
	b = append(b, `.5}},"result":{"output":{"s3":{"location":"s3://fake-bucket/fake/results/`...)
	b = strconv.AppendUint(b, random.Uint64(), 36)
	b = append(b, `"}}},"computeConfiguration":{"worker":{"type":"CR.1X","number":`...)
	b = strconv.AppendUint(b, 4+random.Uint64N(1020), 10)
	b = append(b, `,"properties":{"spark":{"spark.fake.setting":"`...)
	b = strconv.AppendUint(b, random.Uint64(), 36)
	return append(b, `"}}}}}}`+"\n"...)
}

// appendUUID appends a UUID that is obviously fake.
func appendUUID(b []byte, n uint64) []byte {
	const digits = "0123456789abcdef"
	b = append(b, `00000000-0000-4000-8000-`...)
	for shift := 44; shift >= 0; shift -= 4 {
		b = append(b, digits[n>>shift&15])
	}
	return b
}
