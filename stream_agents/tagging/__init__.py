"""Tags of an article: places, cases, and who is named; found in its words, never in links or captions."""
