"""Who may use the desk: members by invitation, TOTP, roles, audit."""
