package main

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

// checks runs named checks one after the other, each within a time limit, and prints the lines that the runner reads:
// "ok NAME", "not ok NAME: why", "skip NAME: why" and at the end "N passed, N failed".
type checks struct{ passed, failed int }

// failure is what a check panics with; it says where.
type failure struct{ why string }

func (c *checks) check(name string, body func(ctx context.Context)) {
	ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
	defer cancel()
	result := make(chan string, 1)
	go func() {
		defer func() {
			switch thrown := recover().(type) {
			case nil:
				result <- ""
			case failure:
				result <- thrown.why
			default:
				result <- fmt.Sprint(thrown)
			}
		}()
		body(ctx)
	}()
	var why string
	select {
	case why = <-result:
	case <-time.After(checkLimit + time.Second):
		why = fmt.Sprintf("no result within %v", checkLimit)
	}
	if why == "" {
		c.passed++
		fmt.Println("ok " + name)
		return
	}
	c.failed++
	fmt.Println("not ok " + name + ": " + strings.Join(strings.Fields(why), " "))
}

func (c *checks) skip(name, why string) { fmt.Println("skip " + name + ": " + why) }

// finish prints the closing line and returns the exit status.
func (c *checks) finish() int {
	fmt.Printf("%d passed, %d failed\n", c.passed, c.failed)
	if c.failed > 0 {
		return 1
	}
	return 0
}

func fail(format string, arguments ...any) {
	where := ""
	for depth := 1; depth < 6; depth++ {
		_, file, line, ok := runtime.Caller(depth)
		if ok && filepath.Base(file) != "checks.go" {
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

// failsWith demands that err is, or wraps, the expected one.
func failsWith(expected, err error) {
	if !errors.Is(err, expected) {
		fail("expected %v, got %v", expected, err)
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
