"""Market: what is offered and promised, who becomes a customer and who leaves."""
