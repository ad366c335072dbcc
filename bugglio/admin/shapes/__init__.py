"""
From the fields of a form to a part of the roster file's tree, and back.

A part is what stands below a key of the file: texts, lists and maps. Each module has `shown`, the fields that show a
part, and `put`, the part that fields say; what `shown` shows, `put` gives back as it was.
"""
