"""One module a generator of candidates: `generate(world)` returns places worth considering."""
