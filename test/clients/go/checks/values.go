package checks

import (
	"errors"
	"sync"
)

// Values collects what the members of a group read, in the order of reading.
type Values struct {
	mutex sync.Mutex
	all   []string
}

// Add puts a value at the end.
func (v *Values) Add(value string) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.all = append(v.all, value)
}

func (v *Values) count() int {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return len(v.all)
}

func (v *Values) distinct() int {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	set := map[string]bool{}
	for _, value := range v.all {
		set[value] = true
	}
	return len(set)
}

// Holding is what a member holds and what became of it: the part of a Member that all clients have in common.
type Holding struct {
	mutex       sync.Mutex
	partitions  map[int32]bool
	revocations int
	failure     error
}

// Gain adds partitions.
func (h *Holding) Gain(partitions []int32) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.partitions == nil {
		h.partitions = map[int32]bool{}
	}
	for _, partition := range partitions {
		h.partitions[partition] = true
	}
}

// Revoke takes partitions away as a rebalance does; none at all is no revocation.
func (h *Holding) Revoke(partitions []int32) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if len(partitions) > 0 {
		h.revocations++
	}
	h.remove(partitions)
}

// Lose takes partitions away that are no longer the member's.
func (h *Holding) Lose(partitions []int32) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.remove(partitions)
}

func (h *Holding) remove(partitions []int32) {
	for _, partition := range partitions {
		delete(h.partitions, partition)
	}
}

// Fail notes what went wrong.
func (h *Holding) Fail(err error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.failure = errors.Join(h.failure, err)
}

// Held is a copy of the partitions held now.
func (h *Holding) Held() map[int32]bool {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	copied := map[int32]bool{}
	for partition := range h.partitions {
		copied[partition] = true
	}
	return copied
}

// Revoked is how often partitions were taken away.
func (h *Holding) Revoked() int {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.revocations
}

// Err is what went wrong.
func (h *Holding) Err() error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.failure
}
