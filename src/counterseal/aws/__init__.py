"""The AWS wing: the only room that speaks to AWS."""

from counterseal.aws.access import AwsAccess

__all__ = ["AwsAccess"]
