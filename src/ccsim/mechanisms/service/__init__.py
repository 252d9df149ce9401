"""Service: capacity, queues, the choices of staff in a case, and their outcomes."""
