"""The orchestrator: which stages there are, what each needs, and what a rerun may keep (DESIGN §3)."""
