// Package poller waits for a protected job of AWS Clean Rooms, and says what came of it.
package poller

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/types"
)

// Summary is what came of a job that succeeded.
type Summary struct {
	Day      string   // on which the job was created, in UTC
	Location string   `json:",omitempty"` // of the results, in S3
	Members  []string `json:",omitempty"` // accounts that received the results
	Millis   *int64   `json:",omitempty"` // how long the job took, if that is known
}

// FailedError says that a job ended without success.
type FailedError struct {
	Status types.ProtectedJobStatus
	Reason string
}

func (e *FailedError) Error() string {
	return fmt.Sprintf("the job ended as %s: %s", e.Status, e.Reason)
}

// Poller waits for jobs. Its functions are fields because bugs_test.go replaces each by one with a
// bug.
type Poller struct {
	client   *cleanrooms.Client
	interval time.Duration
	polls    int // at most

	retries  func(*cleanrooms.Options)
	explain  func(error) error
	done     func(*types.ProtectedJob) (bool, error)
	day      func(*types.ProtectedJob) string
	output   func(*Summary, types.ProtectedJobOutput) error
	duration func(*types.ProtectedJobStatistics) *int64
}

// New returns a poller that asks once per interval.
func New(client *cleanrooms.Client, interval time.Duration, polls int) *Poller {
	return &Poller{client, interval, polls, retries, explain, done, day, output, duration}
}

// Wait waits until a job is done. The error is a [*FailedError] if it ended without success.
func (p *Poller) Wait(ctx context.Context, membership, job string) (*Summary, error) {
	for range p.polls {
		got, err := p.client.GetProtectedJob(ctx, &cleanrooms.GetProtectedJobInput{MembershipIdentifier: &membership, ProtectedJobIdentifier: &job}, p.retries)
		if err != nil {
			return nil, p.explain(err)
		}
		done, err := p.done(got.ProtectedJob)
		if err != nil {
			return nil, err
		}
		if done {
			return p.summary(got.ProtectedJob)
		}
		select {
		case <-time.After(p.interval):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, fmt.Errorf("the job is not done after %d polls", p.polls)
}

func (p *Poller) summary(job *types.ProtectedJob) (*Summary, error) {
	if job.Result == nil {
		return nil, errors.New("the job succeeded without a result")
	}
	s := &Summary{Day: p.day(job), Millis: p.duration(job.Statistics)}
	return s, p.output(s, job.Result.Output)
}

// retries makes the SDK try again after throttling and errors of the service.
func retries(o *cleanrooms.Options) { o.RetryMaxAttempts = 5 }

func explain(err error) error {
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return fmt.Errorf("job not found: %s", missing.ErrorMessage())
	}
	return fmt.Errorf("cannot get the job: %w", err)
}

func done(job *types.ProtectedJob) (bool, error) {
	switch job.Status {
	case types.ProtectedJobStatusSubmitted, types.ProtectedJobStatusStarted, types.ProtectedJobStatusCancelling:
		return false, nil
	case types.ProtectedJobStatusSuccess:
		return true, nil
	case types.ProtectedJobStatusFailed, types.ProtectedJobStatusCancelled:
		return true, failed(job)
	default:
		return true, fmt.Errorf("the job has the unknown status %s", job.Status)
	}
}

func failed(job *types.ProtectedJob) error {
	reason := "no reason given"
	if job.Error != nil {
		reason = aws.ToString(job.Error.Message)
	}
	return &FailedError{job.Status, reason}
}

func day(job *types.ProtectedJob) string { return job.CreateTime.UTC().Format(time.DateOnly) }

func output(s *Summary, output types.ProtectedJobOutput) error {
	switch output := output.(type) {
	case *types.ProtectedJobOutputMemberS3:
		s.Location = aws.ToString(output.Value.Location)
	case *types.ProtectedJobOutputMemberMemberList:
		for _, member := range output.Value {
			s.Members = append(s.Members, aws.ToString(member.AccountId))
		}
	case *types.UnknownUnionMember:
		return fmt.Errorf("the results are in an unknown place, %s", output.Tag)
	default:
		return errors.New("the job does not say where the results are")
	}
	return nil
}

func duration(statistics *types.ProtectedJobStatistics) *int64 {
	if statistics == nil {
		return nil
	}
	return statistics.TotalDurationInMillis
}
