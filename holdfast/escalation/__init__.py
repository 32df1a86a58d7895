"""What staff must learn of, kept safe until somebody has it: outbox, spool, shipper, last-resort alert."""
