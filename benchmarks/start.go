package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const idleTime = 2 * time.Second

// start measures from the start of the process to its first answer on /readyz,
// and the memory it takes while it has nothing to do.
func (b *bench) start() ([]row, error) {
	dir, err := os.MkdirTemp("", "waymark-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	first, err := b.waymark(dir)
	if err != nil {
		return nil, err
	}
	if err := first.stop(); err != nil {
		return nil, err
	}
	var ready, memory []float64
	for range b.rounds {
		begin := now()
		p, err := b.waymark(dir)
		if err != nil {
			return nil, err
		}
		res, err := http.Get(p.base + "/readyz")
		if err != nil {
			return nil, err
		}
		ready = append(ready, float64(now().Sub(begin).Milliseconds()))
		if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("readyz: %d, %w", res.StatusCode, err)
		}
		time.Sleep(idleTime)
		resident, err := residentMiB(p.cmd.Process.Pid)
		if err := errors.Join(err, p.stop()); err != nil {
			return nil, err
		}
		memory = append(memory, resident)
	}
	milliseconds, mib := median(ready), median(memory)
	return []row{
		{name: "start to ready", ours: fmt.Sprintf("%.0f ms", milliseconds), limit: "300 ms", ratio: fmt.Sprintf("%.2f", milliseconds/300), target: "< 300 ms", met: milliseconds < 300},
		{name: "idle memory", ours: fmt.Sprintf("%.0f MiB", mib), limit: "60 MiB", ratio: fmt.Sprintf("%.2f", mib/60), target: "< 60 MiB", met: mib < 60},
	}, nil
}

func residentMiB(pid int) (float64, error) {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, errors.New("no VmRSS")
}
