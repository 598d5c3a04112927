from kla_portal.accounts.access import signed_in

__all__ = ['signed_in']
