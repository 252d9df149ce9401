"""An organisation of one's own: a folder of files, read, checked, and founded."""
