//! What happens at a key in one step. Each script has one key, so that it runs on Redis Cluster, and copes with whatever
//! type the key has. Times are the server's, in milliseconds.

use std::sync::LazyLock;

use redis::Script;

/// Reads the time, and a barrier without those of its writers that ran out. A deadline further off than any barrier may
/// last is not one that a writer set.
macro_rules! with_barrier {
    ($($body:literal)+) => {
        concat!(
            "local time = redis.call('TIME')\n",
            "local now = time[1] * 1000 + math.floor(time[2] / 1000)\n",
            "local held = redis.pcall('GET', KEYS[1])\n",
            "local barred = type(held) == 'string' and string.sub(held, 1, 3) == 'T1B'\n",
            "local function others(own)\n",
            "  local list, last, found = '', 0, 0\n",
            "  if barred then\n",
            "    for id, due in string.gmatch(string.sub(held, 4), '([^:;]+):(%d+);') do\n",
            "      due = tonumber(due)\n",
            "      if due > now and due <= now + 3600000 then\n",
            "        if id == own then found = 1 else\n",
            "          list = list .. id .. ':' .. string.format('%.0f', due) .. ';'\n",
            "          last = math.max(last, due)\n",
            "        end\n",
            "      end\n",
            "    end\n",
            "  end\n",
            "  return list, last, found\n",
            "end\n",
            "local function bar(list, last)\n",
            "  redis.call('SET', KEYS[1], 'T1B' .. list, 'PX', string.format('%.0f', last - now))\n",
            "end\n",
            $($body, "\n",)+
        )
    };
}

macro_rules! script {
    ($(#[doc = $doc:literal])+ $name:ident = $code:expr;) => {
        $(#[doc = $doc])+
        pub(super) static $name: LazyLock<Source> = LazyLock::new(|| Source::new($code));
    };
}

/// A script and its name on the server.
pub(super) struct Source {
    pub(super) code: &'static str,
    pub(super) hash: String,
}

impl Source {
    fn new(code: &'static str) -> Self {
        Self { code, hash: Script::new(code).get_hash().to_owned() }
    }
}

script! {
    /// Arguments: a token, the time to live of a lease, `1` to throw away a fact that is known to be no good. Gives `F`
    /// for a lease, `L` for somebody else's, `B` for a barrier, or the fact that stands there.
    ACQUIRE = with_barrier! {
        "if others('') ~= '' then return 'B' end"
        "if type(held) == 'string' then"
        "  local kind = string.sub(held, 1, 3)"
        "  if kind == 'T1L' and redis.call('PTTL', KEYS[1]) > 0 then return 'L' end"
        "  if ARGV[3] ~= '1' and (kind == 'T1V' or kind == 'T1N' or kind == 'T1P') then return held end"
        "end"
        "redis.call('SET', KEYS[1], 'T1L' .. ARGV[1], 'PX', ARGV[2])"
        "return 'F'"
    };
}

script! {
    /// Arguments: a token, an entry, its time to live. Gives 1 if the lease still stood, and the entry is stored.
    FILL = "if redis.pcall('GET', KEYS[1]) ~= 'T1L' .. ARGV[1] then return 0 end\n\
            redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])\n\
            return 1\n";
}

script! {
    /// Argument: what must stand at the key for it to be taken away. Gives 1 if it was.
    TAKE_AWAY = "if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n\
                 return redis.call('DEL', KEYS[1])\n";
}

script! {
    /// Arguments: a writer, how long its barrier lasts.
    BAR = with_barrier! {
        "local list, last = others(ARGV[1])"
        "local due = now + tonumber(ARGV[2])"
        "bar(list .. ARGV[1] .. ':' .. string.format('%.0f', due) .. ';', math.max(last, due))"
        "return 1"
    };
}

script! {
    /// Argument: a writer. Gives 1 if its barrier was there. Without other writers nothing is left at the key: what came
    /// there after the barrier was lost may have been read before the commit.
    RELEASE = with_barrier! {
        "local list, last, found = others(ARGV[1])"
        "if list ~= '' then bar(list, last) else redis.call('DEL', KEYS[1]) end"
        "return found"
    };
}

script! {
    /// The key is a registry. Arguments: a layout, how long it counts after this. Gives how long ago it was entered. The
    /// field of a layout has when it was entered, and until when it counts.
    REGISTER = "local time = redis.call('TIME')\n\
                local now = time[1] * 1000 + math.floor(time[2] / 1000)\n\
                if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end\n\
                local first, last = now, 0\n\
                local known = redis.call('HGET', KEYS[1], ARGV[1])\n\
                if known then\n\
                  local a, b = string.match(known, '^(%d+):(%d+)$')\n\
                  if a and tonumber(b) > now and tonumber(a) <= now then first, last = tonumber(a), tonumber(b) end\n\
                end\n\
                last = math.max(last, now + tonumber(ARGV[2]))\n\
                redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f:%.0f', first, last))\n\
                redis.call('PERSIST', KEYS[1])\n\
                return now - first\n";
}

script! {
    /// The key is a registry. Gives the layouts that count.
    LAYOUTS = "local time = redis.call('TIME')\n\
               local now = time[1] * 1000 + math.floor(time[2] / 1000)\n\
               if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return {} end\n\
               local fields = redis.call('HGETALL', KEYS[1])\n\
               local layouts = {}\n\
               for i = 1, #fields, 2 do\n\
                 local last = string.match(fields[i + 1], '^%d+:(%d+)$')\n\
                 if last and tonumber(last) > now then layouts[#layouts + 1] = fields[i]\n\
                 else redis.call('HDEL', KEYS[1], fields[i]) end\n\
               end\n\
               return layouts\n";
}
