"""The call-back form: a person leaves name, phone number or e-mail and a time, and the clinic's team reads it."""
