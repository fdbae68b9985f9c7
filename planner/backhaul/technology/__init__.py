"""One module a kind of backhaul: `links` finds the links of that kind, `TermsOf` declares its numbers."""
