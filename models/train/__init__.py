"""Fine-tuning of sentiment models on labelled files; needs the extra `[torch]`."""
