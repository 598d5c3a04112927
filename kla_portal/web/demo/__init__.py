"""The demo: two editions, their districts, people and documents. Never in production."""
