from users.admin.customer_groups import CustomerGroupAdmin
from users.admin.roles import RoleAdmin
from users.admin.sessions import LoginSessionAdmin
from users.admin.users import UserAdmin

__all__ = ["CustomerGroupAdmin", "LoginSessionAdmin", "RoleAdmin", "UserAdmin"]
