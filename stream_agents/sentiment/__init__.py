"""Sentiment of a text: the model, its calibration, the telling sentences, the tone towards watched parties."""
