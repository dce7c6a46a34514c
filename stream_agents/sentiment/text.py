"""The exact string a sentiment model reads."""

from __future__ import annotations

#: Marks after which a title needs no full stop of its own (the model card's rule).
SENTENCE_END = (".", "!", "?")


def model_input(title: str, body: str) -> str:
    """Title + ". " (unless the title ends a sentence) + body, white space collapsed; "" when both are blank."""
    title, body = " ".join(title.split()), " ".join(body.split())
    if not title or not body:
        return title or body
    return f"{title} {body}" if title.endswith(SENTENCE_END) else f"{title}. {body}"


def clip(text: str, tokens: int) -> str:
    """A prefix of a collapsed text that still fills `tokens` tokens, so that no megabyte reaches the tokenizer.

    Subword tokenizers split at white space first, so the leading words alone give the leading tokens of the whole text.
    Four words a token leave room for words that normalise to nothing; a single endless word is cut by characters.
    """
    head = text[: 64 * tokens]
    if len(head) == len(text):
        return text
    words = text[: 256 * tokens].split(" ", 4 * tokens)
    kept = " ".join(words[: 4 * tokens])
    return kept if len(kept) < 64 * tokens else head
