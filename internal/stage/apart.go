package stage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/server"
)

// What a server of its own is told through standard input, and what it answers with when it listens.
type (
	apartConfig struct {
		DataDir, Listen, Agents string
		AgentHosts              []string
		RunLimit                time.Duration
	}
	apartAddrs struct{ Console, Agents string }
)

// apartStart bounds how long a server may take until it listens.
const apartStart = time.Minute

// ServeApart is the main program of a server that a stage runs as a process of its own ([Options].Apart). It serves until
// the stage closes its standard input or kills it.
func ServeApart(ctx context.Context, in io.Reader, out, log io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := bufio.NewReader(in)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read what to serve: %w", err)
	}
	var c apartConfig
	if err := json.Unmarshal(line, &c); err != nil {
		return fmt.Errorf("read what to serve: %w", err)
	}
	s, err := server.New(ctx, server.Config{
		DataDir: c.DataDir, Listen: c.Listen, Agents: c.Agents, AgentHosts: c.AgentHosts, RunLimit: c.RunLimit,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	if err := s.Start(ctx); err != nil {
		return errors.Join(err, s.Stop(ctx))
	}
	if err := json.NewEncoder(out).Encode(apartAddrs{s.Addr(), s.AgentAddr()}); err != nil {
		return errors.Join(err, s.Stop(ctx))
	}
	_, err = io.Copy(io.Discard, lines) // until the stage is done
	return errors.Join(err, s.Stop(ctx))
}

// apartServer is a server as a process of its own.
type apartServer struct {
	cmd   *exec.Cmd
	stdin io.Closer
}

// startApart starts the server as a process, with the addresses that it had before.
func (s *Stage) startApart(ctx context.Context) error {
	argv := s.options.Apart
	cmd := exec.CommandContext(context.Background(), argv[0], argv[1:]...) // it lives until it is stopped, not as long as ctx
	cmd.Env = append(os.Environ(), s.options.ApartEnv...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the server's process: %w", err)
	}
	s.apart = &apartServer{cmd, stdin}
	var addrs apartAddrs
	answered := make(chan error, 1)
	go func() {
		if err := json.NewEncoder(stdin).Encode(apartConfig{s.config.DataDir, s.config.Listen, s.config.Agents, s.config.AgentHosts, s.config.RunLimit}); err != nil {
			answered <- err
			return
		}
		answered <- json.NewDecoder(stdout).Decode(&addrs)
	}()
	timer := time.NewTimer(apartStart)
	defer timer.Stop()
	select {
	case err = <-answered:
	case <-timer.C:
		err = fmt.Errorf("it does not listen after %s", apartStart)
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("start the server's process: %w", err), s.Kill())
	}
	s.config.Listen, s.config.Agents = addrs.Console, addrs.Agents // a restart keeps the ports
	if s.Client != nil {
		return nil
	}
	token, err := os.ReadFile(filepath.Join(s.options.DataDir, "api-token"))
	if err != nil {
		return err
	}
	s.Client, err = client.New("http://"+addrs.Console, string(bytes.TrimSpace(token)))
	return err
}

// Kill ends the server's process with -9, at whatever it is. [Stage.Start] starts another one with the same data.
func (s *Stage) Kill() error {
	if s.apart == nil {
		return errors.New("the server has no process of its own")
	}
	a := s.apart
	s.apart = nil
	err := a.cmd.Process.Kill()
	_ = a.cmd.Wait() // says that it was killed
	_ = a.stdin.Close()
	return err
}

// stop ends the process in order, or, if it takes too long, otherwise.
func (a *apartServer) stop(ctx context.Context) error {
	err := a.stdin.Close()
	ended := make(chan error, 1)
	go func() { ended <- a.cmd.Wait() }()
	select {
	case e := <-ended:
		return errors.Join(err, e)
	case <-ctx.Done():
		return errors.Join(err, ctx.Err(), a.cmd.Process.Kill(), <-ended)
	}
}
