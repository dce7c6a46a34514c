"""Story resolution: which story a document belongs to, with evidence; pure, no broker and no clock."""
