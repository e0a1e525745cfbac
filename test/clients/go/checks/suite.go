// Package checks is the list of checks that every client in Go runs against a broker, through the adapter that makes it a Client.
package checks

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	checkLimit = 30 * time.Second
	waitLimit  = 15 * time.Second
)

// suite runs named checks one after the other, each within a time limit, and prints the lines that the runner reads:
// "ok NAME", "not ok NAME: why", "skip NAME: why" and at the end "N passed, N failed".
type suite struct {
	lacks          map[string]string // checks that the client cannot do, and why
	passed, failed int
}

// failure is what a check panics with; it says where.
type failure struct{ why string }

func (s *suite) check(name string, body func(ctx context.Context)) {
	if why, lacks := s.lacks[name]; lacks {
		fmt.Println("skip " + name + ": " + why)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
	defer cancel()
	result := make(chan string, 1)
	go func() { result <- outcome(ctx, body) }()
	var why string
	select {
	case why = <-result:
	case <-time.After(checkLimit + time.Second):
		why = fmt.Sprintf("no result within %v", checkLimit)
	}
	if why == "" {
		s.passed++
		fmt.Println("ok " + name)
		return
	}
	s.failed++
	fmt.Println("not ok " + name + ": " + strings.Join(strings.Fields(why), " "))
}

// outcome is why a check failed, nothing where it did not.
func outcome(ctx context.Context, body func(ctx context.Context)) (why string) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case failure:
			why = thrown.why
		default:
			why = fmt.Sprint(thrown)
		}
	}()
	body(ctx)
	return ""
}

// finish prints the closing line and returns the exit status.
func (s *suite) finish() int {
	fmt.Printf("%d passed, %d failed\n", s.passed, s.failed)
	if s.failed > 0 {
		return 1
	}
	return 0
}

func fail(format string, arguments ...any) {
	where := ""
	for depth := 1; depth < 6; depth++ {
		_, file, line, ok := runtime.Caller(depth)
		if ok && filepath.Base(file) != "suite.go" {
			where = fmt.Sprintf(" at %s:%d", filepath.Base(file), line)
			break
		}
	}
	panic(failure{fmt.Sprintf(format, arguments...) + where})
}

// ok demands that there is no error.
func ok(err error) {
	if err != nil {
		fail("%v", err)
	}
}

// must returns the value of a call that must not fail.
func must[T any](value T, err error) T {
	ok(err)
	return value
}

func isTrue(condition bool, what string) {
	if !condition {
		fail("%s", what)
	}
}

func equal[T comparable](expected, actual T, what string) {
	if expected != actual {
		fail("%s: expected %v, got %v", what, expected, actual)
	}
}

// failsWith demands that err is, or wraps, the error of a code.
func (r *runner) failsWith(expected Code, err error) {
	if err == nil {
		fail("expected the error %d, but the call succeeded", expected)
	}
	if code := r.client.Code(err); code != expected {
		fail("expected the error %d, got %d: %v", expected, code, err)
	}
}

// eventually asks every 20 ms, for 15 s at most.
func eventually(what string, holds func() bool) {
	end := time.Now().Add(waitLimit)
	for !holds() {
		if time.Now().After(end) {
			fail("not within %v: %s", waitLimit, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// AsCode finds an error of type E in err and tells its code, or NoCode.
func AsCode[E error](err error, code func(E) int16) Code {
	var found E
	if errors.As(err, &found) {
		return Code(code(found))
	}
	return NoCode
}
