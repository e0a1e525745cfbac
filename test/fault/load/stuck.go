package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// stuck opens connections, sends the same bytes on each, then more of any kind, and reads nothing. The bytes come in hex on
// the first line of stdin. It prints "open N" when the bytes are sent, "closed N" whenever the broker has closed more, and
// closes all when stdin ends.
func stuck(bootstrap string, count, moreBytes int) {
	input := bufio.NewReader(os.Stdin)
	first := must(hex.DecodeString(strings.TrimSpace(must(input.ReadString('\n')))))
	// A small window keeps what waits out of the kernel's memory, which all connections share.
	dialer := net.Dialer{Timeout: 30 * time.Second, Control: func(_, _ string, connection syscall.RawConn) error {
		return connection.Control(func(descriptor uintptr) {
			syscall.SetsockoptInt(int(descriptor), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
		})
	}}
	connections := make([]net.Conn, count)
	var opening sync.WaitGroup
	lanes := make(chan struct{}, 32)
	for i := range connections {
		opening.Go(func() {
			lanes <- struct{}{}
			defer func() { <-lanes }()
			connections[i] = must(dialer.Dial("tcp", bootstrap))
			must(connections[i].Write(first))
		})
	}
	opening.Wait()
	fmt.Printf("open %d\n", count)
	var closed atomic.Int64
	more := make([]byte, 1<<20)
	for _, connection := range connections {
		if moreBytes == 0 {
			break
		}
		go func() {
			for left := moreBytes; left > 0; {
				sent, err := connection.Write(more[:min(left, len(more))])
				if err != nil {
					break
				}
				left -= sent
			}
			// Nothing is ever sent to us: this ends when the broker closes.
			connection.Read(make([]byte, 1))
			fmt.Printf("closed %d\n", closed.Add(1))
		}()
	}
	input.ReadString('\n')
	for _, connection := range connections {
		connection.Close()
	}
}
