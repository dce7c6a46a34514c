"""How Warta is put on machines: natively (`deploy.local`) and, as plain files, in containers and clusters."""
