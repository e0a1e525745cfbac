package main

import (
	"slices"
	"sync"
	"time"
)

// samples are durations, added by any goroutine.
type samples struct {
	mutex  sync.Mutex
	values []time.Duration
}

func (s *samples) add(value time.Duration) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.values = append(s.values, value)
}

// percentile is in milliseconds: the smallest sample that is not below that share of them; 0 where there are none.
func (s *samples) percentile(percent float64) float64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(s.values) == 0 {
		return 0
	}
	slices.Sort(s.values)
	at := min(len(s.values)-1, int(percent/100*float64(len(s.values))))
	return float64(s.values[at].Microseconds()) / 1000
}
