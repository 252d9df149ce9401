"""Service: capacity, queues, what staff choose to do in a case, and what comes of it."""
