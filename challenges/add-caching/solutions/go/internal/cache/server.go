package cache

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/gomodule/redigo/redis"
)

const (
	patience = 400 * time.Millisecond
	// What Redis is not told of a write leaves something old behind, so there is more patience for it.
	writePatience  = 500 * time.Millisecond
	restTime       = time.Second
	maxConnections = 20
)

var (
	errResting    = errors.New("Redis is left alone for a moment")
	errDistrusted = errors.New("the connection is older than a failure")
)

// server is a Redis that may be in trouble. Then it is left alone for a moment, so that not everybody waits for it.
type server struct {
	pool *redis.Pool
	// Times in nanoseconds since 1970.
	failedAt, restsUntil atomic.Int64
}

type command struct {
	name      string
	arguments []any
}

func newServer(url string) *server {
	s := &server{}
	s.pool = &redis.Pool{
		MaxActive: maxConnections,
		MaxIdle:   maxConnections,
		Wait:      true,
		DialContext: func(ctx context.Context) (redis.Conn, error) {
			return redis.DialURLContext(ctx, url, redis.DialReadTimeout(writePatience), redis.DialWriteTimeout(writePatience))
		},
		// When one connection has failed, those that were open at that moment most likely have too.
		TestOnBorrow: func(_ redis.Conn, lastUsed time.Time) error {
			if lastUsed.UnixNano() <= s.failedAt.Load() {
				return errDistrusted
			}
			return nil
		},
	}
	return s
}

// ask sends commands at one go and gives their replies, unless Redis is left alone.
func (s *server) ask(commands ...command) ([]any, error) {
	if s.resting() {
		return nil, errResting
	}
	return s.insist(patience, commands...)
}

// insist does what ask does, but also asks a Redis that is left alone. No request's context is used, since a client
// that goes away is no trouble of Redis.
func (s *server) insist(patience time.Duration, commands ...command) ([]any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	replies, err := s.send(ctx, commands)
	if err != nil && ctx.Err() == nil {
		// The connection may have been lost while nobody used it.
		replies, err = s.send(ctx, commands)
	}
	if err != nil {
		s.rest(err)
	}
	return replies, err
}

func (s *server) send(ctx context.Context, commands []command) (replies []any, err error) {
	defer func() {
		if err != nil {
			s.failedAt.Store(time.Now().UnixNano())
		}
	}()
	connection, err := s.pool.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	// The pool closes a connection that has failed, so that a late reply reaches nobody.
	defer connection.Close()
	for _, c := range commands {
		if err := connection.Send(c.name, c.arguments...); err != nil {
			return nil, err
		}
	}
	replies, err = redis.Values(redis.DoContext(connection, ctx, ""))
	if err != nil {
		return nil, err
	}
	for _, reply := range replies {
		if refusal, refused := reply.(redis.Error); refused {
			return nil, refusal
		}
	}
	return replies, nil
}

func (s *server) resting() bool { return time.Now().UnixNano() < s.restsUntil.Load() }

func (s *server) rest(cause error) {
	until := s.restsUntil.Load()
	if s.resting() || !s.restsUntil.CompareAndSwap(until, time.Now().Add(restTime).UnixNano()) {
		return
	}
	slog.Warn("Redis is in trouble and left alone for a moment", "error", cause)
}
