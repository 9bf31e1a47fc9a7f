// Package cache keeps in Redis what is dear to load, and shares the loads that are under way. Without Redis it keeps
// nothing, and still shares.
package cache

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/gomodule/redigo/redis"
	"golang.org/x/sync/singleflight"
)

const (
	// Fresh is how old an answer from the cache may be. Until it is ten seconds old, there are two more for who asks slowly.
	Fresh = 8 * time.Second

	loadTimeout = 5 * time.Second
)

// Cache is what all requests share.
type Cache struct {
	redis  *server
	loads  singleflight.Group
	writes atomic.Int64
}

// New makes a cache in the Redis at this URL. It does not connect yet.
func New(redisURL string) *Cache { return &Cache{redis: newServer(redisURL)} }

// Resting tells whether Redis is left alone at the moment.
func (c *Cache) Resting() bool { return c.redis.resting() }

// Read gives what is kept under these keys, with nil for what is not.
func Read[T any](c *Cache, keys ...Key) []*T {
	values := make([]*T, len(keys))
	texts := make([]any, len(keys))
	for i, key := range keys {
		if !key.inRedis {
			return values
		}
		texts[i] = key.text
	}
	replies, err := c.redis.ask(command{"MGET", texts})
	if err != nil {
		return values
	}
	found, err := redis.ByteSlices(replies[0], nil)
	if err != nil {
		return values
	}
	for i, content := range found {
		var value T
		if content != nil && json.Unmarshal(content, &value) == nil {
			values[i] = &value
		}
	}
	return values
}

// Write keeps a value until a moment. That is told to Redis as a moment, so that a command that it gets late does not
// make the value live longer.
func (c *Cache) Write(key Key, value any, until time.Time) {
	if !key.inRedis || !until.After(time.Now()) {
		return
	}
	content, err := json.Marshal(value)
	if err != nil {
		slog.Error("a value cannot be kept", "key", key.text, "error", err)
		return
	}
	commands := []command{{"SET", []any{key.text, content, "PXAT", until.UnixMilli()}}}
	for _, generation := range key.generations {
		commands = append(commands, command{"EXPIRE", []any{generation, int(generationLife.Seconds())}})
	}
	// What could not be kept is loaded again. The trouble has been logged.
	_, _ = c.redis.ask(commands...)
}

// Get gives what is kept of a thing, or loads and keeps it.
func Get[T any](ctx context.Context, c *Cache, thing string, load func(context.Context) (T, error)) (T, error) {
	key := c.Generations(thing).Key(thing, thing)
	if kept := Read[T](c, key)[0]; kept != nil {
		return *kept, nil
	}
	return Share(ctx, c, key, func(ctx context.Context) (T, error) {
		// Another load may have ended since this one was found to be needed.
		if kept := Read[T](c, key)[0]; kept != nil {
			return *kept, nil
		}
		began := time.Now()
		value, err := load(ctx)
		if err == nil {
			c.Write(key, value, began.Add(Fresh))
		}
		return value, err
	})
}

// Share lets all who want the value of a key at one moment wait for one load. Who goes away does not end it for the
// others.
func Share[T any](ctx context.Context, c *Cache, key Key, load func(context.Context) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	loaded := c.loads.DoChan(key.text, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
		defer cancel()
		return load(ctx)
	})
	select {
	case result := <-loaded:
		if result.Err != nil {
			return none, result.Err
		}
		return result.Val.(T), nil
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
