"""
The catalogue of words: everything that people read, in Romanian and English.

One `.po` file per language (gettext, read by Babel). A sentence that stands in the code
has its English text as its key; a word chosen by a value (a status, a reason) and a text of
a page has a dotted key. Server, pages, documents and scripts read the same catalogue.
"""
