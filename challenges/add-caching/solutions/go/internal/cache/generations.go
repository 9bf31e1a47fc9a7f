package cache

import (
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
)

// No entry is kept for longer, so that a generation outlives what belongs to it.
const generationLife = 10 * time.Minute

// Generations are those of some things at one moment. What is kept of a thing belongs to its generation: a write begins
// another one, and nobody finds what somebody stores late who has read what was before.
type Generations struct {
	ids map[string]string
	// Without Redis there is none to tell, but loads are shared all the same, by those who ask between two writes.
	known bool
	alone string
}

// Key is where something is kept.
type Key struct {
	text        string
	generations []string
	inRedis     bool
}

// Generations gives the generations of these things, which begin now if there are none.
func (c *Cache) Generations(things ...string) Generations {
	ids, err := c.readGenerations(things)
	if err != nil {
		return Generations{alone: "without-redis-" + strconv.FormatInt(c.writes.Load(), 10)}
	}
	return Generations{ids: ids, known: true}
}

// Key is the place for what has this name and belongs to these things.
func (g Generations) Key(name string, things ...string) Key {
	if !g.known {
		return Key{text: name + "@" + g.alone}
	}
	key := Key{inRedis: true}
	ids := make([]string, len(things))
	for i, thing := range things {
		ids[i] = g.ids[thing]
		key.generations = append(key.generations, generationKey(thing))
	}
	key.text = name + "@" + strings.Join(ids, ".")
	return key
}

// Invalidate makes everything that belongs to these things unknown to whoever asks from now on. It fails if Redis could
// not be told.
func (c *Cache) Invalidate(things ...string) error {
	c.writes.Add(1)
	keys := make([]any, len(things))
	for i, thing := range things {
		keys[i] = generationKey(thing)
	}
	// Also a Redis that is left alone is told, since it may be well again.
	_, err := c.redis.insist(writePatience, command{"DEL", keys})
	return err
}

func (c *Cache) readGenerations(things []string) (map[string]string, error) {
	keys := make([]any, len(things))
	for i, thing := range things {
		keys[i] = generationKey(thing)
	}
	replies, err := c.redis.ask(command{"MGET", keys})
	if err != nil {
		return nil, err
	}
	found, err := redis.Strings(replies[0], nil)
	if err != nil {
		return nil, err
	}
	ids := make(map[string]string, len(things))
	var missing []string
	for i, thing := range things {
		if found[i] == "" {
			missing = append(missing, thing)
		} else {
			ids[thing] = found[i]
		}
	}
	if len(missing) == 0 {
		return ids, nil
	}
	return ids, c.beginGenerations(missing, ids)
}

func (c *Cache) beginGenerations(things []string, ids map[string]string) error {
	commands := make([]command, len(things))
	for i, thing := range things {
		ids[thing] = rand.Text()
		commands[i] = command{"SET", []any{generationKey(thing), ids[thing], "NX", "GET", "EX", int(generationLife.Seconds())}}
	}
	replies, err := c.redis.ask(commands...)
	if err != nil {
		return err
	}
	for i, thing := range things {
		// Somebody else may have been faster.
		if begun, err := redis.String(replies[i], nil); err == nil {
			ids[thing] = begun
		}
	}
	return nil
}

func generationKey(thing string) string { return "generation:" + thing }
