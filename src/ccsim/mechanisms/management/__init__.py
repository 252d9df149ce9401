"""Management: leaders, programmes, champions, decision rights, structure, technology."""
