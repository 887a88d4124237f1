-- Wireshark dissector of the Lutron QS link, as far as it is publicly known, and of class 7D, which
-- is the lutron-dpm project's own. See docs/capture.md for how to install and use it.
--
-- It opens what `dpm capture --pcapng` and `dpm replay --to-pcapng` write: link type USER0 (147), one
-- packet for each frame, from its sync FA DE to its CRC, and one for each run of noise.
--
-- The layout of every message is that of docs/protocol.md, and so is how sure each of them is. No
-- capture of the wired link is public. The words are those of `dpm replay`; a test compares both.

local qs = Proto("lutron_qs", "Lutron QS link")

qs.prefs.dialect = Pref.enum(
  "GoToLevel is written", 1,
  "By zone (wired) or as on the radio. Nothing in a packet tells which one is meant.",
  { { 1, "wired", 1 }, { 2, "radio", 2 } }, false)

-- Wireshark brings `bit` along; Lua 5.2 has `bit32`, and later ones have operators that earlier ones
-- cannot even read.
local bits = bit or bit32
  or load("return { band = function(a, b) return a & b end, bxor = function(a, b) return a ~ b end }")()

-- Fields -------------------------------------------------------------------------------------------

local fields = {}

local function field(make, name, title, ...)
  local made = make("lutron_qs." .. name, title, ...)
  fields[#fields + 1] = made
  return made
end

local f = {
  kind = field(ProtoField.string, "kind", "Message"),
  words = field(ProtoField.string, "words", "Meaning"),
  noise = field(ProtoField.bytes, "noise", "Noise"),
  sync = field(ProtoField.uint16, "sync", "Sync", base.HEX),
  type = field(ProtoField.uint8, "packet_type", "Packet type", base.HEX),
  counter = field(ProtoField.uint8, "counter", "Message counter"),
  sequence = field(ProtoField.uint8, "sequence", "Sequence", base.HEX),
  response = field(ProtoField.uint8, "response", "Response", base.HEX),
  serial = field(ProtoField.uint32, "source_serial", "Sender's serial number", base.HEX),
  address = field(ProtoField.uint8, "source_address", "Sender's link address", base.HEX),
  subnet = field(ProtoField.uint16, "source_subnet", "Sender's subnet", base.HEX),
  zone_flag = field(ProtoField.uint8, "source_zone", "Sender's zone or flag", base.HEX),
  protocol = field(ProtoField.uint8, "protocol", "Protocol", base.HEX,
    { [0x21] = "commands and buttons", [0x00] = "state reports" }),
  format = field(ProtoField.uint8, "format", "Format (payload length)"),
  payload = field(ProtoField.bytes, "payload", "Payload"),
  flags = field(ProtoField.uint8, "flags", "Flags", base.HEX),
  object = field(ProtoField.uint32, "object_id", "Object id", base.HEX),
  mode = field(ProtoField.uint8, "address_mode", "Address mode", base.HEX,
    { [0xFE] = "module or device", [0xEF] = "group", [0xFF] = "everybody" }),
  class = field(ProtoField.uint8, "class", "Class", base.HEX, { [0x7D] = "this project's own" }),
  message_type = field(ProtoField.uint8, "type", "Type", base.HEX),
  module = field(ProtoField.uint32, "module", "For or from module", base.HEX),
  group = field(ProtoField.uint16, "group", "For group"),
  broadcast = field(ProtoField.bool, "broadcast", "For everybody"),
  zone = field(ProtoField.uint8, "zone", "Zone"),
  level = field(ProtoField.double, "level_percent", "Level in percent"),
  tail = field(ProtoField.bytes, "tail", "Unused octets"),
  crc = field(ProtoField.uint16, "crc", "CRC", base.HEX),
  crc_ok = field(ProtoField.bool, "crc_ok", "CRC fits"),
}

-- Values in words ----------------------------------------------------------------------------------

local function hex(octets)
  return (octets:gsub(".", function(octet) return string.format("%02x ", octet:byte()) end)):sub(1, -2)
end

local function number(octets, at, count)
  local value = 0
  for index = at, at + (count or 1) - 1 do value = value * 256 + (octets:byte(index + 1) or 0) end
  return value
end

local function has_bit(value, index) return math.floor(value / 2 ^ index) % 2 == 1 end

local function percent(raw, full) return math.min(100, raw * 100 / full) end

local function zones_words(bits)
  local found = {}
  for zone = 1, 4 do
    if has_bit(bits, zone - 1) then found[#found + 1] = tostring(zone) end
  end
  if #found == 0 then return "no zone" end
  if #found == 4 then return "all zones" end
  if #found == 1 then return "zone " .. found[1] end
  local last = table.remove(found)
  return "zones " .. table.concat(found, ", ") .. " and " .. last
end

local function mask_words(mask, names)
  local found = {}
  for index, name in ipairs(names) do
    if has_bit(mask, index - 1) then found[#found + 1] = name end
  end
  return table.concat(found, ", ")
end

local function actions_words(on, unaffected)
  local found = {}
  for zone = 1, 4 do
    local what = has_bit(on, zone - 1) and "on"
      or has_bit(unaffected, zone - 1) and "unaffected" or "off"
    found[zone] = string.format("zone %d %s", zone, what)
  end
  return table.concat(found, ", ")
end

local function seconds(value, steps) return string.format("%g", value / steps) end

local CAUSES = { [0] = "query", "link command", "cci", "zone button", "power up", "group",
  "wallstation" }
local RESULTS = { [0] = "done", "refused: manual override", "bad value", "unknown type", "busy" }
local CCO_TYPES = { [0] = "maintained", "momentary" }
local FLAGS = { "override active", "cci open", "cco closed", "restored" }
local STATUS = { "zones", "override", "cci", "cco", "emergency", "counters", "identity",
  "io program" }
local COUNTERS = { "frames good", "crc errors", "framing errors", "overruns" }
local ACTIONS = { [0] = "press", [1] = "release", [3] = "save" }
local DIRECTIONS = { [2] = "lower", [3] = "raise" }
local STAGES = { [1] = "idle", [2] = "active", [4] = "closed" }

-- Checks: what is outside its stated range makes a message malformed -------------------------------

local function bad(reason) error({ reason = reason }, 0) end

local function known(value, names, what)
  return names[value] or bad(string.format("%s %02X stands for nothing", what, value))
end

local function zone_bits(value)
  if value > 0x0F then bad("a bit stands for no zone") end
  return value
end

local function truth(value)
  if value > 1 then bad("neither 0 nor 1") end
  return value == 1
end

local function guard(value) if value ~= 0xA5 then bad("no guard A5") end end

local function mask(value, most)
  if value == 0 or value > most then bad("a mask without a bit, or with an unknown one") end
  return value
end

local function pulse(value)
  if value < 10 or value > 6000 then bad("a pulse is 0.1 to 60 s") end
  return seconds(value, 100)
end

local function debounce(value)
  if value > 500 then bad("a debounce is at most 0.5 s") end
  return seconds(value, 1000)
end

local function group_number(value)
  if value < 1 or value > 0xFFFE then bad("a group number is 0001 to FFFE") end
  return value
end

local function actions(on, unaffected)
  zone_bits(on)
  zone_bits(unaffected)
  if bits.band(on, unaffected) ~= 0 then bad("a zone on and unaffected") end
  return actions_words(on, unaffected)
end

local function name_index(value)
  if value > 4 then bad("0 for the module, 1 to 4 for a zone") end
  return value == 0 and "the module itself" or "zone " .. value
end

local function character_at(text, at)
  -- The code point at a place and the octets that it takes; nothing where it is no UTF-8.
  local lead = text:byte(at)
  local count = lead < 0x80 and 1 or lead >= 0xC2 and lead < 0xE0 and 2
    or lead >= 0xE0 and lead < 0xF0 and 3 or lead >= 0xF0 and lead < 0xF5 and 4
  if not count then return nil end
  local code = count == 1 and lead or lead % 2 ^ (7 - count)
  for index = at + 1, at + count - 1 do
    local octet = text:byte(index)
    if not octet or octet < 0x80 or octet > 0xBF then return nil end
    code = code * 64 + octet % 64
  end
  local least = ({ 0, 0x80, 0x800, 0x10000 })[count]
  if code < least or code > 0x10FFFF or (code >= 0xD800 and code <= 0xDFFF) then return nil end
  return code, count
end

local function text_of(octets)
  local text = octets:gsub("\0+$", "")
  local at = 1
  while at <= #text do
    local code, count = character_at(text, at)
    if not code then bad("no UTF-8") end
    if code < 0x20 or (code >= 0x7F and code < 0xA0) or code == 0x2028 or code == 0x2029 then
      bad("a character that no name may have")
    end
    at = at + count
  end
  return text
end

-- Messages -----------------------------------------------------------------------------------------

-- A message: its protocol octet, class, types and formats; `at` names its octets (place behind class
-- and type, or in the whole payload where there is no class); `say` returns its words from the data
-- `d`, whom it is for `who`, and the common start `m`, or calls `bad`.

local OBJECT, SHORT = {}, {}

local function message(name, class, types, formats, options)
  local made = { name = name, formats = formats, at = {}, say = options.say,
    is_report = options.protocol == 0x00, needs = options.needs, device = options.device }
  for _, entry in ipairs(options.at or {}) do
    local place, count, label, show = entry[1], entry[2], entry[3], entry[4]
    local make = count == 1 and ProtoField.uint8 or count == 2 and ProtoField.uint16
      or count == 4 and ProtoField.uint32 or ProtoField.bytes
    local id = name:lower() .. "." .. label:lower():gsub("[^%w]+", "_")
    local shown = make == ProtoField.bytes and field(make, id, label)
      or show == "hex" and field(make, id, label, base.HEX)
      or field(make, id, label, base.DEC, type(show) == "table" and show or nil)
    made.at[#made.at + 1] = { place, count, shown, show }
  end
  if class then
    for _, each in ipairs(types) do
      OBJECT[(options.protocol or 0x21) * 65536 + class * 256 + each] = made
    end
  else
    SHORT[name] = made
  end
end

message("GO_TO_LEVEL", 0x40, { 0x02 }, { 0x0E }, {
  at = { { 0, 2, "Component, or level on the radio", "hex" },
    { 2, 2, "Level, or fade on the radio", "hex" } },
  say = function(d, who, m)
    local first, second = number(d, 0, 2), number(d, 2, 2)
    local what, fade, dialect = who, "", "wired"
    if qs.prefs.dialect == 2 then
      dialect, m.level = "radio", percent(first, 0xFEFF)
      if second > 0 then fade = string.format(" with a fade of %g s", second / 4) end
    else
      m.level = percent(second, 0xFEFF)
      if first >= 1 and first <= 4 then
        m.zone, what = first, string.format("zone %d of %s", first, who)
      elseif first > 0 then
        what = string.format("component %04X of %s", first, who)
      else
        what = "all zones of " .. who
      end
    end
    return string.format("Set %s to %.4g %%%s (%s dialect).", what, m.level, fade, dialect)
  end,
})
message("PRESET_RECALL", 0x40, { 0x00 }, { 0x0B }, {
  device = true,
  at = { { 0, 1, "Preset", "hex" } },
  say = function(d, who) return string.format("Recall preset %02X of %s.", number(d, 0), who) end,
})
message("STORE_PRESET", 0x06, { 0x40 }, { 0x1A }, {
  device = true,
  at = { { 0, 4, "Key", "hex" }, { 5, 1, "Preset", "hex" }, { 10, 2, "Level", "hex" },
    { 12, 2, "Fade in quarter seconds" }, { 14, 2, "Delay in quarter seconds" } },
  say = function(d, who, m)
    m.level = percent(number(d, 10, 2), 0xFEFF)
    return string.format("Store preset %02X of key %08X in %s: %.4g %%, fade %s s, delay %s s.",
      number(d, 5), number(d, 0, 4), who, m.level, seconds(number(d, 12, 2), 4),
      seconds(number(d, 14, 2), 4))
  end,
})
message("HOLD_START", 0x42, { 0x00 }, { 0x09 }, {
  device = true,
  at = { { 0, 1, "Direction", DIRECTIONS } },
  say = function(d, who)
    return string.format("Start to %s %s.", known(number(d, 0), DIRECTIONS, "direction"), who)
  end,
})
message("DIM_STEP", 0x42, { 0x02 }, { 0x0B }, {
  device = true,
  at = { { 0, 1, "Direction", DIRECTIONS } },
  say = function(d, who)
    local way = known(number(d, 0), DIRECTIONS, "direction")
    return string.format("%s %s by one step.", way:gsub("^.", string.upper), who)
  end,
})
message("IDENTIFY", 0x01, { 0x22 }, { 0x09, 0x0A }, {
  at = { { 0, 1, "Mode", "hex" } },
  say = function(d, who)
    local how = number(d, 0)
    if how == 0 then return string.format("Stop the flashing LEDs of %s.", who) end
    if how == 1 then return string.format("Flash the LEDs of %s for 10 s.", who) end
    return string.format("Identify %s, mode %02X.", who, how)
  end,
})
message("SELECT", 0x03, { 0x02 }, { 0x09 }, {
  device = true,
  at = { { 0, 1, "Parameter", "hex" } },
  say = function(d, who) return string.format("Select %s, parameter %02X.", who, number(d, 0)) end,
})
message("ANNOUNCE", 0x08, { 0x05 }, {}, {
  needs = "everybody",
  at = { { 0, 4, "Serial number", "hex" }, { 4, 4, "Device class word", "hex" } },
  say = function(d)
    if #d < 8 or #d > 35 then bad("8 to 35 octets of data") end
    return string.format("Device %08X announces that it has no address (class word %08X).",
      number(d, 0, 4), number(d, 4, 4))
  end,
})
message("ADDRESSING_BEACON", 0x08, { 0x01, 0x02, 0x04 }, {}, {
  needs = "everybody",
  say = function(d, _, m)
    if #d > 35 then bad("at most 35 octets of data") end
    return string.format("Addressing of new devices is %s.", STAGES[m.message_type])
  end,
})
message("ASSIGN_LINK_ADDRESS", 0x08, { 0x06, 0x17 }, { 0x0D }, {
  device = true,
  at = { { 0, 2, "Subnet", "hex" }, { 2, 1, "Marker", "hex" }, { 3, 1, "Link address", "hex" },
    { 4, 1, "Last octet", "hex" } },
  say = function(d, who)
    return string.format("Assign link address %02X of subnet %04X to %s.", number(d, 3),
      number(d, 0, 2), who)
  end,
})
message("ASSIGN_COMPONENT", 0x08, { 0xA3 }, { 0x0A }, {
  device = true,
  at = { { 0, 2, "Component", "hex" } },
  say = function(d, who)
    return string.format("Assign component %04X to %s.", number(d, 0, 2), who)
  end,
})
message("ADDRESS_QUERY", 0x08, { 0xA5 }, { 0x0D }, {
  device = true,
  at = { { 0, 4, "Secondary id", "hex" }, { 4, 1, "Addressing type", "hex" } },
  say = function(d, who)
    return string.format("Ask %s for its address (secondary id %08X, addressing type %02X).", who,
      number(d, 0, 4), number(d, 4))
  end,
})

-- Class 7D, this project's own. A command is for one module; a report comes from one.

local TYPE_NAMES = { [0x40] = "GO_TO_LEVEL", [0x22] = "IDENTIFY" }

local function command(name, code, format, options)
  options.needs = options.needs or "module"
  TYPE_NAMES[code] = name
  message(name, 0x7D, { code }, type(format) == "table" and format or { format }, options)
end

local function report(name, code, format, options)
  options.protocol = 0x00
  command(name, code, format, options)
end

command("STATUS_QUERY", 0x01, 0x09, {
  at = { { 0, 1, "Mask", "hex" } },
  say = function(d, who)
    return string.format("Ask %s for its %s.", who, mask_words(mask(number(d, 0), 0xFF), STATUS))
  end,
})
report("ZONE_REPORT", 0x02, 0x0E, {
  at = { { 0, 1, "Zones on", "zones" }, { 1, 1, "Zones changed", "zones" },
    { 2, 1, "Flags", "hex" }, { 3, 1, "Cause", CAUSES }, { 4, 2, "Count" } },
  say = function(d, _, m)
    local zones, changed = zone_bits(number(d, 0)), zone_bits(number(d, 1))
    local flags = number(d, 2)
    local told = flags > 0 and "; " .. mask_words(flags, FLAGS) or ""
    return string.format("Module %08X: on %s; changed %s; cause %s%s; report %d.", m.object,
      zones_words(zones), zones_words(changed), known(number(d, 3), CAUSES, "cause"), told,
      number(d, 4, 2))
  end,
})
report("OVERRIDE_REPORT", 0x03, 0x0D, {
  at = { { 0, 1, "Active" }, { 1, 1, "Forced on", "zones" }, { 2, 1, "Saved", "zones" },
    { 3, 1, "Cause", CAUSES } },
  say = function(d, _, m)
    local is_active = truth(number(d, 0))
    local forced, saved = zone_bits(number(d, 1)), zone_bits(number(d, 2))
    local mode = is_active and "in manual override, forced on " .. zones_words(forced)
      or "not in manual override"
    return string.format("Module %08X: %s; set on %s; cause %s.", m.object, mode,
      zones_words(saved), known(number(d, 3), CAUSES, "cause"))
  end,
})
report("CCI_REPORT", 0x04, 0x0A, {
  at = { { 0, 1, "CCI", { [0] = "closed", "open" } },
    { 1, 1, "Edge", { [0] = "answer", "edge" } } },
  say = function(d, _, m)
    local is_open, is_edge = truth(number(d, 0)), truth(number(d, 1))
    return string.format("Module %08X: the CCI %s %s.", m.object,
      is_edge and "has just become" or "is", is_open and "open" or "closed")
  end,
})
command("CCO_SET", 0x05, 0x0C, {
  at = { { 0, 1, "Action", { [0] = "open", "close", "pulse", "end pulse" } },
    { 2, 2, "Pulse in 10 ms" } },
  say = function(d, who)
    local action, steps = number(d, 0), number(d, 2, 2)
    if action > 3 then bad("no such action") end
    local length = steps > 0 and "for " .. pulse(steps) .. " s" or "as programmed"
    if action == 2 then return string.format("Pulse the CCO of %s %s.", who, length) end
    if action == 3 then return string.format("End the pulse of the CCO of %s.", who) end
    return string.format("%s the CCO of %s.", action == 0 and "Open" or "Close", who)
  end,
})
report("CCO_REPORT", 0x06, 0x0C, {
  at = { { 0, 1, "N.O. contact", { [0] = "open", "closed" } }, { 1, 1, "CCO type", CCO_TYPES },
    { 2, 2, "Remaining in 10 ms" } },
  say = function(d, _, m)
    local is_closed, left = truth(number(d, 0)), number(d, 2, 2)
    local kind = known(number(d, 1), CCO_TYPES, "CCO type")
    local rest = left > 0 and string.format(", %s s of its pulse left", seconds(left, 100)) or ""
    return string.format("Module %08X: the CCO (%s) is %s%s.", m.object, kind,
      is_closed and "closed" or "open", rest)
  end,
})
command("EMERGENCY_SET", 0x07, 0x0D, {
  at = { { 0, 1, "On", "zones" }, { 1, 1, "Unaffected", "zones" }, { 4, 1, "Guard", "hex" } },
  say = function(d, who)
    guard(number(d, 4))
    return string.format("Program what manual override does in %s: %s.", who,
      actions(number(d, 0), number(d, 1)))
  end,
})
report("EMERGENCY_REPORT", 0x08, 0x0D, {
  at = { { 0, 1, "On", "zones" }, { 1, 1, "Unaffected", "zones" } },
  say = function(d, _, m)
    return string.format("Module %08X: in manual override %s.", m.object,
      actions(number(d, 0), number(d, 1)))
  end,
})
report("COUNTERS_REPORT", 0x09, 0x2A, {
  at = { { 0, 4, "Operations of relay 1" }, { 4, 4, "Operations of relay 2" },
    { 8, 4, "Operations of relay 3" }, { 12, 4, "Operations of relay 4" },
    { 16, 4, "Operations of the CCO" }, { 20, 4, "Uptime in s" }, { 24, 2, "CCI openings" },
    { 26, 2, "Frames good" }, { 28, 2, "CRC errors" }, { 30, 2, "Framing errors" },
    { 32, 2, "Overruns" } },
  say = function(d, _, m)
    return string.format("Module %08X: relay operations %d, %d, %d, %d; CCO operations %d; up %d s; "
      .. "CCI openings %d; frames good %d, CRC errors %d, framing errors %d, overruns %d.",
      m.object, number(d, 0, 4), number(d, 4, 4), number(d, 8, 4), number(d, 12, 4),
      number(d, 16, 4), number(d, 20, 4), number(d, 24, 2), number(d, 26, 2), number(d, 28, 2),
      number(d, 30, 2), number(d, 32, 2))
  end,
})
command("COUNTERS_CLEAR", 0x0A, 0x0A, {
  at = { { 0, 1, "Mask", "hex" }, { 1, 1, "Guard", "hex" } },
  say = function(d, who)
    guard(number(d, 1))
    return string.format("Clear counters of %s: %s.", who,
      mask_words(mask(number(d, 0), 0x0F), COUNTERS))
  end,
})
report("IDENTITY_REPORT", 0x0B, 0x12, {
  at = { { 0, 4, "Device class word", "hex" }, { 4, 1, "Firmware major" },
    { 5, 1, "Firmware minor" }, { 6, 1, "Zones" }, { 7, 1, "Component type", "hex" } },
  say = function(d, _, m)
    return string.format("Module %08X: class word %08X, firmware %d.%03d, %d zones, component type "
      .. "%02X.", m.object, number(d, 0, 4), number(d, 4), number(d, 5), number(d, 6), number(d, 7))
  end,
})
command("DISCOVER", 0x0E, 0x0E, {
  needs = "everybody",
  at = { { 0, 4, "Serial prefix", "hex" }, { 4, 1, "Prefix length in bits" }, { 5, 1, "Slots" } },
  say = function(d)
    local bits, slots = number(d, 4), number(d, 5)
    if bits > 32 or slots < 1 or slots > 16 then bad("0 to 32 bits and 1 to 16 slots") end
    local who = bits == 0 and "every module"
      or string.format("modules whose serial begins with the first %d bits of %08X", bits,
        number(d, 0, 4))
    return string.format("Ask %s to answer in %d slots.", who, slots)
  end,
})
report("RESULT", 0x0F, 0x0B, {
  at = { { 0, 1, "Type answered", "hex" }, { 1, 1, "Result", RESULTS },
    { 2, 1, "Sequence answered", "hex" } },
  say = function(d, _, m)
    local answered = number(d, 0)
    return string.format("Module %08X answers %s with sequence %02X: %s.", m.object,
      TYPE_NAMES[answered] or string.format("type %02X", answered), number(d, 2),
      known(number(d, 1), RESULTS, "result"))
  end,
})
local IO_PROGRAM = { { 0, 1, "CCO type", CCO_TYPES }, { 1, 2, "Pulse in 10 ms" },
  { 3, 2, "Debounce in ms" } }
local function io_program(d)
  return string.format("CCO %s, pulse %s s, CCI debounce %s s",
    known(number(d, 0), CCO_TYPES, "CCO type"), pulse(number(d, 1, 2)), debounce(number(d, 3, 2)))
end
command("IO_PROGRAM_SET", 0x10, 0x0E, {
  at = IO_PROGRAM,
  say = function(d, who)
    guard(number(d, 5))
    return string.format("Program %s: %s.", who, io_program(d))
  end,
})
report("IO_PROGRAM_REPORT", 0x11, 0x0D, {
  at = IO_PROGRAM,
  say = function(d, _, m) return string.format("Module %08X: %s.", m.object, io_program(d)) end,
})
local NAME = { { 0, 1, "Of zone (0 the module)" }, { 1, 32, "Name" } }
command("NAME_SET", 0x12, 0x29, {
  at = NAME,
  say = function(d, who)
    return string.format('Name %s of %s "%s".', name_index(number(d, 0)), who, text_of(d:sub(2)))
  end,
})
report("NAME_REPORT", 0x13, 0x29, {
  at = NAME,
  say = function(d, _, m)
    local whose, text = name_index(number(d, 0)), text_of(d:sub(2))
    return string.format("Module %08X: %s %s.", m.object, whose,
      text == "" and "has no name" or string.format('is called "%s"', text))
  end,
})
local GROUP = { { 0, 2, "Group" }, { 2, 1, "Members", "zones" } }
command("GROUP_SET", 0x14, 0x0C, {
  at = GROUP,
  say = function(d, who)
    guard(number(d, 3))
    return string.format("Program group %d in %s: %s.", group_number(number(d, 0, 2)), who,
      zones_words(zone_bits(number(d, 2))))
  end,
})
report("GROUP_REPORT", 0x15, 0x0B, {
  at = GROUP,
  say = function(d, _, m)
    local group, members = group_number(number(d, 0, 2)), zone_bits(number(d, 2))
    return string.format("Module %08X: %s in group %d.", m.object, zones_words(members), group)
  end,
})
command("NAME_QUERY", 0x16, 0x09, {
  at = { { 0, 1, "Of zone (0 the module)" } },
  say = function(d, who)
    return string.format("Ask %s for the name of %s.", who, name_index(number(d, 0)))
  end,
})
command("GROUP_QUERY", 0x17, 0x08, {
  say = function(_, who) return string.format("Ask %s for its groups.", who) end,
})

-- What the zones and the CCO are wired to: 26 octets, five a zone and six of the CCO.

local LOAD_TYPES = { "tungsten", "general-use", "discharge-lamp", "electronic-ballast", "resistive",
  "inductive", "capacitive", "motor", "inc", "mlv", "elv" }
local LOADS = {}
for zone = 1, 4 do
  local at = (zone - 1) * 5
  LOADS[#LOADS + 1] = { at, 1, "Load type of zone " .. zone, LOAD_TYPES }
  LOADS[#LOADS + 1] = { at + 1, 1, "Unit of zone " .. zone, { [0] = "mA", "0.1 W" } }
  LOADS[#LOADS + 1] = { at + 2, 3, "Figure of zone " .. zone }
end
LOADS[#LOADS + 1] = { 20, 1, "Load bits of the CCO", "hex" }
LOADS[#LOADS + 1] = { 21, 2, "Load of the CCO in 0.1 V" }
LOADS[#LOADS + 1] = { 23, 3, "Load of the CCO in mA" }

local function figure(steps, least, most, per_unit)
  if steps < least or steps > most then bad("no load draws that") end
  return string.format("%.10g", steps / per_unit)
end

local function zone_load(d, at)
  local kind, unit, steps = number(d, at), number(d, at + 1), number(d, at + 2, 3)
  if kind == 0 and unit == 0 and steps == 0 then return "unknown" end
  local what = known(kind, LOAD_TYPES, "load type")
  if unit == 0 then return what .. " " .. figure(steps, 1, 1000000, 1000) .. " A" end
  if unit ~= 1 then bad("a unit is mA or 0.1 W") end
  return what .. " " .. figure(steps, 1, 2400000, 10) .. " W"
end

local function cco_load(d)
  local how, volts, amps = number(d, 20), number(d, 21, 2), number(d, 23, 3)
  if how == 0 and volts == 0 and amps == 0 then return "unknown" end
  if not has_bit(how, 0) or how > 0x0F then bad("a bit stands for nothing") end
  return string.format("%s %s A at %s V %s%s", has_bit(how, 2) and "inductive" or "resistive",
    figure(amps, 1, 1000000, 1000), figure(volts, 0, 10000, 10), has_bit(how, 1) and "AC" or "DC",
    has_bit(how, 3) and " with a flyback diode" or "")
end

local function loads(d)
  local found = {}
  for zone = 1, 4 do found[zone] = string.format("zone %d %s", zone, zone_load(d, (zone - 1) * 5)) end
  return table.concat(found, ", ") .. ", CCO " .. cco_load(d)
end

command("LOADS_SET", 0x27, 0x23, {
  at = LOADS,
  say = function(d, who)
    guard(number(d, 26))
    return string.format("Program the loads of %s: %s.", who, loads(d))
  end,
})
command("LOADS_QUERY", 0x28, 0x08, {
  say = function(_, who) return string.format("Ask %s for its loads.", who) end,
})
report("LOADS_REPORT", 0x29, 0x22, {
  at = LOADS,
  say = function(d, _, m) return string.format("Module %08X: %s.", m.object, loads(d)) end,
})

-- A program that is written all or nothing: begun, put together, committed.

local function stage(value)
  if value == 0 then bad("a stage is 01 to FF") end
  return value
end

command("PROGRAM_VERSION_QUERY", 0x20, 0x08, {
  say = function(_, who) return string.format("Ask %s for the version of its program.", who) end,
})
report("PROGRAM_VERSION_REPORT", 0x21, 0x0E, {
  at = { { 0, 1, "Program format" }, { 1, 2, "Revision" }, { 3, 2, "Checksum", "hex" },
    { 5, 1, "Open stage" } },
  say = function(d, _, m)
    local open = number(d, 5)
    return string.format("Module %08X: program of format %d, revision %d, checksum %04X%s.", m.object,
      number(d, 0), number(d, 1, 2), number(d, 3, 2),
      open > 0 and string.format(", stage %d is open", open) or "")
  end,
})
command("PROGRAM_BEGIN", 0x23, 0x0A, {
  at = { { 0, 1, "Stage" }, { 1, 1, "Guard", "hex" } },
  say = function(d, who)
    guard(number(d, 1))
    return string.format("Begin stage %d of a new program in %s.", stage(number(d, 0)), who)
  end,
})
local STAGED = { [0x07] = 0x0D, [0x10] = 0x0E, [0x12] = 0x29, [0x27] = 0x23 }
command("PROGRAM_STAGE", 0x24, { 0x0F, 0x10, 0x2B, 0x25 }, {
  at = { { 0, 1, "Stage" }, { 1, 1, "Staged type", "hex" } },
  say = function(d, who, m)
    local number_of, code = stage(number(d, 0)), number(d, 1)
    if STAGED[code] ~= #d + 6 then bad("no command that can be staged, whole") end
    local staged = OBJECT[0x21 * 65536 + 0x7D * 256 + code]
    return string.format("Put into stage %d: %s", number_of, staged.say(d:sub(3), who, m))
  end,
})
command("PROGRAM_COMMIT", 0x25, 0x0E, {
  at = { { 0, 1, "Stage" }, { 1, 2, "Revision replaced" }, { 3, 2, "Checksum", "hex" },
    { 5, 1, "Guard", "hex" } },
  say = function(d, who)
    guard(number(d, 5))
    return string.format("Write stage %d as the program of %s: in place of revision %d, checksum "
      .. "%04X.", stage(number(d, 0)), who, number(d, 1, 2), number(d, 3, 2))
  end,
})
command("PROGRAM_ABORT", 0x26, 0x0A, {
  at = { { 0, 1, "Stage" }, { 1, 1, "Guard", "hex" } },
  say = function(d, who)
    guard(number(d, 1))
    return string.format("Drop stage %d in %s.", stage(number(d, 0)), who)
  end,
})

-- The LEDs of a wallstation, which is in the place of the module: bit 0 is LED 1.

local function leds(d)
  local found = {}
  for led = 1, 32 do
    if has_bit(number(d, 0, 4), led - 1) then found[#found + 1] = tostring(led) end
  end
  return #found == 0 and "none" or table.concat(found, ", ")
end

command("LEDS_SET", 0x30, 0x0C, {
  at = { { 0, 4, "LEDs lit", "hex" } },
  say = function(d, _, m)
    return string.format("Light LEDs of wallstation %08X: %s.", m.object, leds(d))
  end,
})
report("LEDS_REPORT", 0x31, 0x0C, {
  at = { { 0, 4, "LEDs lit", "hex" } },
  say = function(d, _, m)
    return string.format("Wallstation %08X: LEDs lit %s.", m.object, leds(d))
  end,
})

-- Known by name alone: what follows class and type is not published.

local function raw(name, class, types)
  message(name, class, types, nil, {
    device = true,
    say = function(d, who, m)
      local purpose = name:lower():gsub("_", " "):gsub("^.", string.upper)
      return string.format("%s for %s, class %02X type %02X, kept raw: %s.", purpose, who, m.class,
        m.message_type, #d > 0 and hex(d) or "no data")
    end,
  })
end

raw("DEVICE_CONFIG", 0x01, { 0x33 })
raw("SESSION_CONTROL", 0x02, { 0x02 })
raw("REMOVE_DEVICE", 0x02, { 0x08 })
raw("KEYPAD_EVENT", 0x05, { 0x05 })
raw("FIRMWARE_TRANSFER", 0x06, { 0x00, 0x01, 0x02, 0x03 })
raw("CAPABILITY_RECORD", 0x06, { 0x43, 0x52, 0x70 })
raw("RAISE_OR_RECORD", 0x06, { 0x50 })
raw("LOWER", 0x06, { 0x63 })
raw("STOP", 0x06, { 0x67 })
raw("PROPERTY_SET", 0x06, { 0x64, 0x65 })
raw("FIRMWARE_BIND", 0x08, { 0x0E })
raw("ADDRESSING", 0x08, { 0x18 })
raw("SCENE_ACTIVATE", 0x09, { 0x01 })
raw("SCENE_CLOSE", 0x09, { 0x06 })
raw("LINK_BUTTON", 0x0D, { 0x0F, 0x10 })

-- Payloads without the common start.

message("BUTTON_EVENT", nil, nil, nil, {
  at = { { 2, 1, "Button", "hex" }, { 3, 1, "Action", ACTIONS } },
  say = function(d)
    return string.format("Button %02X: %s.", number(d, 2), known(number(d, 3), ACTIONS, "action"))
  end,
})
message("BUTTON_COMMAND", nil, nil, nil, {
  at = { { 2, 1, "Button", "hex" }, { 4, 4, "Serial number", "hex" }, { 9, 1, "Class", "hex" },
    { 10, 1, "Type", "hex" } },
  say = function(d)
    local rest = d:sub(12)
    return string.format("Button %02X of %08X: class %02X type %02X, data %s.", number(d, 2),
      number(d, 4, 4), number(d, 9), number(d, 10), #rest > 0 and hex(rest) or "none")
  end,
})
message("LEVEL_REPORT", nil, nil, nil, {
  at = { { 3, 1, "Level", "hex" } },
  say = function(d, _, m)
    m.level = percent(number(d, 3), 0xFE)
    return string.format("Level is %.4g %%.", m.level)
  end,
})
message("PERIODIC_LEVEL_REPORT", nil, nil, nil, {
  at = { { 3, 1, "Level", "hex" }, { 7, 1, "Second octet", "hex" } },
  say = function(d, _, m)
    m.level = percent(number(d, 3), 0xFE)
    return string.format("Level is %.4g %% (periodic; second octet %02X).", m.level, number(d, 7))
  end,
})

qs.fields = fields

-- Packets ------------------------------------------------------------------------------------------

local function size_class(packet_type)
  if packet_type < 0x40 then return 5 end
  if packet_type >= 0xA0 and packet_type < 0xC0 then return 53 end
  return 24
end

local CRC = {}
for index = 0, 255 do
  local value = index * 256
  for _ = 1, 8 do
    value = value * 2
    if value >= 0x10000 then value = bits.bxor(value - 0x10000, 0xCA0F) end
  end
  CRC[index] = value
end

local function crc_of(octets)
  local register = 0
  for index = 1, #octets do
    local top = math.floor(register / 256)
    register = bits.bxor((register % 256) * 256 + octets:byte(index), CRC[top])
  end
  return register
end

local function short_message(m, payload)
  if #payload ~= m.format or #payload < 4 then return nil end
  if m.protocol == 0x00 and payload:sub(1, 3) == "\0\27\1" then
    if #payload == 4 then return SHORT.LEVEL_REPORT end
    if #payload == 8 and payload:sub(5, 7) == "\0\27\146" then return SHORT.PERIODIC_LEVEL_REPORT end
  end
  if m.protocol == 0x21 and payload:sub(1, 2) == "\3\0" then
    if #payload == 4 then return SHORT.BUTTON_EVENT end
    if #payload >= 0x0B and #payload <= 0x0E and number(payload, 3) == 1
      and number(payload, 8) == 0 then
      return SHORT.BUTTON_COMMAND
    end
  end
  return nil
end

local function check_length(made, m, payload)
  if #payload ~= m.format then bad(string.format("format %02X needs a longer packet", m.format)) end
  for _, wanted in ipairs(made.formats) do
    if #payload == wanted then return end
  end
  if #made.formats > 0 then bad(string.format("its format is %02X", m.format)) end
end

local function target_words(made, m)
  -- Whom a message is for, as people say it; `bad` where the object id cannot be that.
  local device = made.device and "device" or "module"
  if m.mode == 0xFF then
    if m.object ~= 0xFFFFFFFF then bad("a broadcast has object id FFFFFFFF") end
    return "all " .. device .. "s"
  elseif m.mode == 0xEF then
    return "group " .. group_number(m.object)
  elseif m.object < 1 or m.object > 0xFFFFFFFE then
    bad("a serial number is 00000001 to FFFFFFFE")
  end
  return string.format("%s %08X", device, m.object)
end

local function object_words(made, m, payload)
  if made.formats then check_length(made, m, payload) end
  local who = target_words(made, m)
  if made.needs == "module" and m.mode ~= 0xFE then bad("it is for one module") end
  if made.needs == "everybody" and m.mode ~= 0xFF then bad("it is for everybody") end
  local words = made.say(payload:sub(9), who, m)
  if made.is_report and m.source ~= m.object then bad("its sender is another module") end
  return words
end

local function told(made, say)
  -- The kind and the words; malformed where a check said so.
  local is_good, words = pcall(say)
  if is_good then return made.name, words end
  if type(words) ~= "table" then error(words, 0) end
  return "MALFORMED", string.format("%s that cannot be: %s.", made.name, words.reason)
end

local function add_octets(tree, made, buffer, from, count)
  for _, entry in ipairs(made.at) do
    local place, length, shown, show = entry[1], entry[2], entry[3], entry[4]
    if place + length <= count then
      local item = tree:add(shown, buffer(from + place, length))
      if show == "zones" then
        item:append_text(" (" .. zones_words(buffer(from + place, 1):uint()) .. ")")
      end
    end
  end
end

local function header(buffer, tree, m)
  tree:add(f.counter, buffer(2, 1), bits.band(m.type, 3))
  if bits.band(m.type, 0x08) ~= 0 then
    m.source = buffer(4, 4):uint()
    tree:add(f.serial, buffer(4, 4))
  else
    tree:add(f.address, buffer(4, 1))
    tree:add(f.subnet, buffer(5, 2))
    tree:add(f.zone_flag, buffer(7, 1))
    m.place = string.format("%02X %04X %02X", buffer(4, 1):uint(), buffer(5, 2):uint(),
      buffer(7, 1):uint())
  end
  tree:add(f.protocol, buffer(8, 1))
  tree:add(f.format, buffer(9, 1))
end

local function common_start(buffer, tree, m)
  m.object, m.mode = buffer(11, 4):uint(), buffer(15, 1):uint()
  m.class, m.message_type = buffer(16, 1):uint(), buffer(17, 1):uint()
  tree:add(f.flags, buffer(10, 1))
  tree:add(f.object, buffer(11, 4))
  tree:add(f.mode, buffer(15, 1))
  tree:add(f.class, buffer(16, 1))
  tree:add(f.message_type, buffer(17, 1))
  if m.mode == 0xFE then tree:add(f.module, buffer(11, 4)):set_generated() end
  if m.mode == 0xEF then
    tree:add(f.group, buffer(13, 2)):set_generated()
  end
  if m.mode == 0xFF then tree:add(f.broadcast, buffer(15, 1), true):set_generated() end
end

local function unknown(m)
  local what = m.class and string.format("class %02X type %02X", m.class, m.message_type)
    or "no known layout"
  return "UNKNOWN", string.format("Unknown message in a packet of type %02X: %s.", m.type, what)
end

local function with_header(buffer, tree, m, octets)
  m.protocol, m.format = octets:byte(7), octets:byte(8)
  header(buffer, tree, m)
  local room = #octets - 10
  local payload = octets:sub(9, 8 + math.min(m.format, room))
  local inner = tree
  if #payload > 0 then inner = tree:add(f.payload, buffer(10, #payload)) end
  if #payload < room then tree:add(f.tail, buffer(10 + #payload, room - #payload)) end
  local mode = payload:byte(6)
  if #payload >= 8 and payload:byte(1) == 0 and (mode == 0xFE or mode == 0xEF or mode == 0xFF) then
    common_start(buffer, inner, m)
    local made = OBJECT[m.protocol * 65536 + m.class * 256 + m.message_type]
    if made then
      add_octets(inner, made, buffer, 18, #payload - 8)
      return told(made, function() return object_words(made, m, payload) end)
    end
  end
  local made = short_message(m, payload)
  if made then
    add_octets(inner, made, buffer, 10, #payload)
    return told(made, function() return made.say(payload, "", m) end)
  end
  return unknown(m)
end

local function packet(buffer, tree, octets)
  local m = { type = octets:byte(1) }
  tree:add(f.sync, buffer(0, 2))
  tree:add(f.type, buffer(2, 1))
  tree:add(f.sequence, buffer(3, 1))
  local kind, words
  if m.type >= 0x80 and m.type < 0xC0 then
    kind, words = with_header(buffer, tree, m, octets)
  elseif m.type == 0x0B then
    local response = octets:byte(3)
    tree:add(f.response, buffer(4, 1))
    kind, words = "ACKNOWLEDGE", string.format(
      "Acknowledgement of the command with sequence %02X: %s.", octets:byte(2),
      response == 0 and "accepted" or string.format("response %02X", response))
  elseif m.type >= 0xC0 then
    kind = "HANDSHAKE"
    words = string.format("Radio pairing handshake, type %02X, passed through.", m.type)
  else
    kind, words = unknown(m)
  end
  tree:add(f.crc, buffer(#octets, 2))
  tree:add(f.crc_ok, buffer(#octets, 2), true):set_generated()
  if m.zone then tree:add(f.zone, m.zone):set_generated() end
  if m.level then tree:add(f.level, m.level):set_generated() end
  return kind, words, m
end

local function source_words(m)
  if m.source then return string.format("%08X", m.source) end
  return m.place or "unnamed"
end

local function destination_words(m)
  if not m.mode or m.protocol == 0x00 then return "" end
  if m.mode == 0xFF then return "all" end
  return string.format(m.mode == 0xEF and "group %d" or "%08X", m.object)
end

function qs.dissector(buffer, pinfo, root)
  pinfo.cols.protocol = "Lutron QS"
  local octets = buffer:raw()
  local tree = root:add(qs, buffer())
  local rest = octets:sub(3)
  local is_packet = octets:sub(1, 2) == "\250\222" and #rest > 0 and #rest == size_class(rest:byte(1))
  local kind, words
  if is_packet and crc_of(rest:sub(1, -3)) == number(rest, #rest - 2, 2) then
    local m
    kind, words, m = packet(buffer, tree, rest)
    pinfo.cols.src = source_words(m)
    pinfo.cols.dst = destination_words(m)
  else
    kind = "NOISE"
    words = string.format("%d octets that are no frame.", #octets)
    if is_packet then
      words = string.format("A packet with a bad CRC: it says %04X, and %04X would be right.",
        number(rest, #rest - 2, 2), crc_of(rest:sub(1, -3)))
      tree:add(f.crc, buffer(#octets - 2, 2))
      tree:add(f.crc_ok, buffer(#octets - 2, 2), false):set_generated()
    end
    tree:add(f.noise, buffer()):add_expert_info(PI_CHECKSUM, PI_WARN, words)
  end
  tree:add(f.kind, kind):set_generated()
  tree:add(f.words, words):set_generated()
  tree:append_text(", " .. kind)
  pinfo.cols.info = kind .. ": " .. words
  return buffer:len()
end

DissectorTable.get("wtap_encap"):add((wtap_encaps or wtap).USER0, qs)
