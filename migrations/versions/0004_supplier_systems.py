"""Suppliers with a booking system of their own."""
import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('supplier_claim', schema=None) as batch_op:
        batch_op.add_column(sa.Column('octo_endpoint', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('octo_key', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('octo_ids', sa.JSON(), nullable=False, server_default='{}'))


def downgrade() -> None:
    with op.batch_alter_table('supplier_claim', schema=None) as batch_op:
        batch_op.drop_column('octo_ids')
        batch_op.drop_column('octo_key')
        batch_op.drop_column('octo_endpoint')
