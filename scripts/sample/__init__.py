"""Makers of the embedded sample region (Nusa Tenggara Timur); run by ``scripts/make_sample.py``."""
